/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import java.io.Console;
import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** The progress of a phase: a bar on a terminal, elsewhere a line for each 100 steps. */
final class Progress implements AutoCloseable {
  private final String phase;
  private final int steps;
  private final PrintStream out;
  private final @Nullable ProgressBar bar;
  private int done;

  Progress(String phase, int steps, PrintStream out) {
    this.phase = phase;
    this.steps = steps;
    this.out = out;
    this.bar =
        isTerminal()
            ? new ProgressBarBuilder()
                .setTaskName(phase)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .build()
            : null;
  }

  /* Since JDK 22 a console exists even without a terminal; isTerminal() tells the difference. */
  @SuppressWarnings(
      "SystemConsoleNull") // up to JDK 21 the answer may be null, which is checked below
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException olderJdk) {
      return true;
    }
  }

  synchronized void step() {
    done++;
    if (bar != null) {
      bar.step();
    } else if (done % 100 == 0 || done == steps) {
      out.println(phase + ": " + done + " of " + steps);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
