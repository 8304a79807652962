"""`python main.py [PROJECT.fewshot]`: open the desktop program."""

from fewshot_gui.application import main

if __name__ == "__main__":
    raise SystemExit(main())
