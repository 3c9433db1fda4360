// Starts the worker of a first visit, first_visit_worker.js, and gives it tasks.

export class FirstVisitWorker {
  #worker;
  #end;
  #ended = new Promise((_, reject) => (this.#end = (why) => reject(new Error(why))));

  // getUrl: a function that returns the worker's URL. If the worker can't be started, all tasks fail.
  constructor(getUrl) {
    this.#ended.catch(() => {}); // `ask` throws the error
    try {
      this.#worker = new Worker(getUrl(), { type: "module" });
      this.#worker.onerror = ({ message }) => this.#end(message || "the worker of the first visit can't run");
    } catch (error) {
      this.#end(error.message);
    }
  }

  // Runs a task in the worker and returns its result. task: the name of a function in first_visit_worker.js.
  // argument: its argument.
  async ask(task, argument) {
    const { port1, port2 } = new MessageChannel();
    const answered = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
    this.#worker?.postMessage({ task, argument, port: port2 }, [port2]);
    try {
      const { value, error } = await Promise.race([answered, this.#ended]);
      if (error) throw new Error(error);
      return value;
    } finally {
      port1.close();
    }
  }

  // Ends the worker. Unfinished and later tasks fail.
  end() {
    this.#worker?.terminate();
    this.#end("the worker of the first visit has ended");
  }
}
