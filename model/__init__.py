"""The TensorFlow side: dataset, augmentation, network, training, conversion, evaluation."""
