"""Stretch, pad or crop a photo to the backbone's square: `python benchmarks/cropping.py --data DIR [--json]`.

DIR holds zips of `CLASS/NAME.jpg`. Nearest prototypes on EfficientNet-Lite0 embeddings, 5 examples a
class drawn 100 times, up to 20 classes and 40 pictures of each: what docs/adr/0005 decides by.
"""

from __future__ import annotations

import argparse
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from reporting import circumstances, print_circumstances, print_table

from engine.backbones.base import get_backbone
from engine.embeddings.encoders import OnnxEncoder
from engine.evaluation.accuracy import Accuracy
from engine.process import set_up_process

SETS = ("magnetic_tile", "leaf99", "hymenoptera", "rice_disease", "gtsrb", "euro_coins")
CLASSES, PICTURES, SHOTS, DRAWS = 20, 40, 5, 100
SIZE = (224, 224)
BICUBIC = Image.Resampling.BICUBIC


def stretch(picture: Image.Image) -> Image.Image:
    return picture.resize(SIZE, BICUBIC)


def pad(picture: Image.Image) -> Image.Image:
    return ImageOps.pad(picture, SIZE, BICUBIC, color=(255, 255, 255))


def centre(share: float) -> Callable[[Image.Image], Image.Image]:
    def crop(picture: Image.Image) -> Image.Image:
        (width, height), side = picture.size, min(picture.size) * share
        left, top = (width - side) / 2, (height - side) / 2
        return picture.resize(SIZE, BICUBIC, box=(left, top, left + side, top + side))

    return crop


WAYS = {"stretch": stretch, "pad": pad, "centre crop": centre(1.0), "crop 0.875": centre(0.875)}


def read(path: Path) -> tuple[list[Image.Image], torch.Tensor]:
    """Pictures and their labels [n]."""
    members: dict[str, list[str]] = {}
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            members.setdefault(name.split("/")[0], []).append(name)
        chosen = [names[:PICTURES] for names in list(members.values())[:CLASSES]]
        pictures = [
            Image.open(io.BytesIO(archive.read(name))).convert("RGB") for names in chosen for name in names
        ]
    return pictures, torch.tensor([label for label, names in enumerate(chosen) for _ in names])


def accuracy(embeddings: torch.Tensor, labels: torch.Tensor) -> Accuracy:
    way, scores = int(labels.max()) + 1, []
    for draw in range(DRAWS):
        order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(draw))
        support = torch.cat([order[labels[order] == label][:SHOTS] for label in range(way)])
        query = torch.ones(len(labels), dtype=torch.bool)
        query[support] = False
        prototypes = torch.stack([embeddings[support][labels[support] == c].mean(0) for c in range(way)])
        nearest = torch.cdist(embeddings[query], prototypes).argmin(1)
        scores.append((nearest == labels[query]).float().mean().item())
    return Accuracy.of(scores)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    encoder = OnnxEncoder(get_backbone("efficientnet-lite0"))
    results = {}
    for name in SETS:
        pictures, labels = read(options.data / f"{name}.zip")
        aspect = float(np.mean([max(p.size) / min(p.size) for p in pictures]))
        row: dict[str, str | float] = {"mean aspect": round(aspect, 2)}
        for title, fit in WAYS.items():
            pixels = np.stack([np.asarray(fit(picture)) for picture in pictures])
            parts = [encoder.embed(pixels[i : i + 64]) for i in range(0, len(pixels), 64)]
            row[title] = str(accuracy(torch.from_numpy(np.concatenate(parts)), labels))
        results[name] = row
    if options.json:
        print(json.dumps({**circumstances(), "results": results}, indent=2))
        return
    print_circumstances(circumstances())
    columns = ["mean aspect", *WAYS]
    print_table(
        ["pictures", *columns], [[name, *(str(row[c]) for c in columns)] for name, row in results.items()]
    )


if __name__ == "__main__":
    set_up_process()
    main()
