/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.load;

import dev.arbiter.bench.Arguments;
import dev.arbiter.bench.Program;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Prints promises of the engine under load, each with what was measured.
 *
 * <p>{@code EngineLoad soak 3600} runs 2,000 tasks at once for an hour, {@code parked 30} looks at
 * tasks that wait for 30 seconds, {@code overload 10} submits three times as much as the agents can
 * do, for 10 seconds. Ends with 1 if a promise was missed.
 */
public final class EngineLoad {
  private EngineLoad() {}

  /**
   * Measures one thing.
   *
   * @param arguments its name and the seconds it takes
   * @throws Exception if it is interrupted
   */
  public static void main(String[] arguments) throws Exception {
    Program.main(EngineLoad::read, arguments);
  }

  private interface Load {
    PromiseTable run() throws InterruptedException;
  }

  static Program.Work read(String... arguments) {
    Arguments given =
        new Arguments(
            "give soak, parked or overload, and a number of seconds",
            List.of(),
            List.of(),
            arguments);
    List<String> words = given.others(2, 2);
    Duration time = Duration.ofSeconds(given.whole("the number of seconds", words.get(1)));
    Map<String, Load> known =
        Map.of(
            "soak", () -> new Soak(time).run(),
            "parked", () -> Parked.run(time),
            "overload", () -> Overload.run(time));
    Load load = known.get(words.get(0));
    if (load == null) {
      throw given.wrong("no load is called " + words.get(0));
    }
    return out -> {
      PromiseTable promises = load.run();
      promises.print(out);
      return promises.allHeld();
    };
  }
}
