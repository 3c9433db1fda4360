// A minimal page that uses TensorFlow.js. `saveModel()` stores the network of the TensorFlow.js app
// from which this project started (594,922 parameters, here untrained) in IndexedDB. Each time the
// page starts, it loads this network and recognises a stored drawing, if there is one.
import * as tf from "@tensorflow/tfjs-core";
import { layers, loadLayersModel, sequential } from "@tensorflow/tfjs-layers";

const MODEL_ADDRESS = "indexeddb://digits";
const DRAWING_KEY = "offline-digits-ink"; // the app's key in sessionStorage

const buildNetwork = () => {
  const { conv2d, dense, dropout, flatten, maxPooling2d } = layers;
  const conv = (filters, options) =>
    conv2d({ filters, kernelSize: 3, activation: "relu", ...options });
  return sequential({
    layers: [
      conv(32, { inputShape: [28, 28, 1] }),
      conv(32),
      maxPooling2d({ poolSize: 2 }),
      conv(64),
      conv(64),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dropout({ rate: 0.25 }),
      dense({ units: 512, activation: "relu" }),
      dropout({ rate: 0.5 }),
      dense({ units: 10, activation: "softmax" }),
    ],
  });
};

function draw(sheet) {
  const context = sheet.getContext("2d");
  context.fillRect(0, 0, sheet.width, sheet.height);
  Object.assign(context, { strokeStyle: "white", lineWidth: sheet.width / 14, lineCap: "round" });
  for (const stroke of JSON.parse(sessionStorage.getItem(DRAWING_KEY)).flat()) {
    context.beginPath();
    for (const [x, y] of stroke) context.lineTo(x * sheet.width, y * sheet.height);
    context.stroke();
  }
}

const inputOf = (sheet) =>
  tf.tidy(() => {
    const small = tf.image.resizeBilinear(tf.browser.fromPixels(sheet, 1), [28, 28]);
    return tf.expandDims(tf.div(tf.cast(small, "float32"), 255));
  });

async function recognise(model, input) {
  const output = model.predict(input);
  const probabilities = await output.data();
  output.dispose();
  return probabilities.indexOf(Math.max(...probabilities));
}

export async function boot(backend) {
  const backendReady = tf.setBackend(backend);
  window.registerWorker = () => navigator.serviceWorker.register("service-worker.js");
  window.saveModel = async () => {
    await backendReady;
    const model = buildNetwork();
    await model.save(MODEL_ADDRESS);
    return model.countParams();
  };
  if (!sessionStorage.getItem(DRAWING_KEY)) return;
  await backendReady;
  const sheet = document.getElementById("sheet");
  draw(sheet);
  const model = await loadLayersModel(MODEL_ADDRESS);
  const input = inputOf(sheet);
  document.getElementById("digit").textContent = await recognise(model, input);
  // Runs the model `runs` times. Returns the milliseconds of each run, from the image as a tensor
  // to the probabilities as numbers.
  window.infer = async (runs) => {
    const times = [];
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      await recognise(model, input);
      times.push(performance.now() - start);
    }
    return times;
  };
}
