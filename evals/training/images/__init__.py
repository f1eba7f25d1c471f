"""Trains the network of `garments`: photos and labels in, an ONNX file and a model card out; needs `[training]`."""
