// One run of the small model with plain onnxruntime-web, without Python.

// Opens the model. Returns a function that runs it `runs` times on `row`, a list of numbers, and returns
// the seconds of all runs, and the sum of the first number of each output. `ort` is the module that Python
// uses, so that both run the same code.
window.openPlain = async (ort, address, row) => {
  const content = await (await fetch(address)).arrayBuffer();
  const session = await ort.InferenceSession.create(content, { executionProviders: ["wasm"] });
  return async (runs) => {
    let sum = 0;
    const start = performance.now();
    for (let run = 0; run < runs; run++) {
      const numbers = new ort.Tensor("float32", Float32Array.from(row), [1, row.length]);
      const { probabilities } = await session.run({ numbers });
      sum += probabilities.data[0];
    }
    const seconds = (performance.now() - start) / 1000;
    return { seconds, sum };
  };
};
