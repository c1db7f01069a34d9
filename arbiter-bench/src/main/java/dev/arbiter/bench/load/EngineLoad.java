/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.load;

import java.time.Duration;

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
   * @throws InterruptedException if it is interrupted
   */
  public static void main(String[] arguments) throws InterruptedException {
    if (arguments.length != 2) {
      System.err.println("give soak, parked or overload, and a number of seconds");
      System.exit(2);
    }
    Duration time = Duration.ofSeconds(Long.parseLong(arguments[1]));
    PromiseTable promises =
        switch (arguments[0]) {
          case "soak" -> new Soak(time).run();
          case "parked" -> Parked.run(time);
          case "overload" -> Overload.run(time);
          default -> throw new IllegalArgumentException("nothing is called " + arguments[0]);
        };
    promises.print(System.out);
    System.exit(promises.allHeld() ? 0 : 1);
  }
}
