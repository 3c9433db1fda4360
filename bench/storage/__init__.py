"""Loading and storing models beside TensorFlow.js."""
