/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.timing;

import dev.arbiter.internal.Library;
import dev.arbiter.internal.Require;
import dev.arbiter.spi.Sources;
import dev.arbiter.tracker.internal.Json;
import dev.arbiter.tracker.timing.TimedRun.Pair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Remembers how long agents took on each command line: the last {@value #KEPT} runs of each pair of
 * agent and command line, in memory and, with a file, over restarts.
 *
 * <p>The file is a JSON array of {@code {agent, cli, duration, timestamp}}: milliseconds with
 * fractions and ISO 8601; a failed run also has {@code "success": false}. It is written to a
 * temporary file and renamed, so a reader sees the old or the new one whole. One process owns it:
 * of two writers, the last wins. A damaged file is renamed to {@code *.damaged-<time>} when it is
 * read; entries before and behind the damage are used, and {@link #state()} reports it. The file
 * has at most 64 MiB: the oldest runs that do not fit are left out.
 *
 * <p>Thread-safe. Recording takes a short lock and never throws. With an executor, it writes the
 * file at most once every {@link Builder#saveEvery}; {@link #save} and {@link #close} always write.
 * Memory: at most {@link Builder#capacity} pairs of about 10 KB; the least recently used pair goes
 * first.
 */
public final class AgentTimings implements AutoCloseable {
  /** Runs that are remembered of each pair. */
  public static final int KEPT = 100;

  private static final int LONGEST_NAME = 256;

  private final Sources sources;
  private final Object lock = new Object();
  private final LastRuns runs;
  private final TimingsFile.Read read;
  private final @Nullable TimingsSaver saving;

  private AgentTimings(Builder builder) {
    this.sources = builder.sources;
    this.runs = new LastRuns(builder.capacity);
    if (builder.path == null) {
      this.read = new TimingsFile.Read(Optional.empty(), "", 0);
      this.saving = null;
    } else {
      Json.require();
      TimingsFile file = new TimingsFile(builder.path);
      this.read = load(builder, file);
      this.saving =
          new TimingsSaver(
              file, this::snapshot, builder.executor, builder.saveEvery, sources.nanoTime());
    }
  }

  private TimingsFile.Read load(Builder builder, TimingsFile from) {
    try {
      TimingsFile.Read found = from.read(runs::add, sources.clock().instant());
      if (found.keptAside().isPresent() || found.skipped() > 0) {
        LoggerFactory.getLogger(AgentTimings.class)
            .warn(
                "timings {}: {} entries skipped; {} {}",
                builder.path,
                found.skipped(),
                found.problem(),
                found.keptAside().map(aside -> "(kept as " + aside.getFileName() + ")").orElse(""));
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "timings.file " + builder.path + " cannot be read; name one that can, or none", e);
    }
  }

  /** {@return a builder with defaults for everything: no file} */
  public static Builder builder() {
    Library.SLF4J.require(AgentTimings.class);
    return new Builder();
  }

  /** {@return the handle of a new run of an agent through a command line} */
  public Timing start(String agent, String cli) {
    return new Timing(this, pair(agent, cli), sources.nanoTime().getAsLong());
  }

  /**
   * Records a run that was measured elsewhere and ended now; a negative time counts as zero, one
   * above 3,660 days as that.
   *
   * @param agent the agent's id
   * @param cli the command line
   * @param duration its duration
   * @param success whether the agent answered
   */
  public void record(String agent, String cli, Duration duration, boolean success) {
    add(pair(agent, cli), duration, success);
  }

  Duration ended(Pair pair, long startNanos, boolean success) {
    Duration duration = Duration.ofNanos(sources.nanoTime().getAsLong() - startNanos);
    add(pair, duration, success);
    return duration.isNegative() ? Duration.ZERO : duration;
  }

  private void add(Pair pair, Duration duration, boolean success) {
    Duration longest = TimingsFile.LONGEST;
    Duration time = duration.isNegative() ? Duration.ZERO : duration;
    time = time.compareTo(longest) > 0 ? longest : time;
    TimedRun run = new TimedRun(pair, time, sources.clock().instant(), success);
    synchronized (lock) {
      runs.add(run);
    }
    if (saving != null) {
      saving.soon();
    }
  }

  /** {@return the recent runs of an agent through a command line; none for unknown names} */
  public Summary summary(String agent, String cli) {
    synchronized (lock) {
      return runs.summary(pair(agent, cli));
    }
  }

  /**
   * {@return the recent runs of an agent through each command line, fastest median first, those
   * without a success last}
   */
  public List<Summary> compare(String agent) {
    synchronized (lock) {
      return runs.of(cut(agent)).stream()
          .map(runs::summary)
          .sorted(
              Comparator.comparing(
                      (Summary summary) ->
                          summary.median().orElse(Duration.ofSeconds(Long.MAX_VALUE)))
                  .thenComparing(Summary::cli))
          .toList();
    }
  }

  /**
   * Writes the file now, on this thread.
   *
   * @return whether it was written; true without a file
   */
  public boolean save() {
    return saving == null || saving.save();
  }

  private List<TimedRun> snapshot() {
    synchronized (lock) {
      return runs.all();
    }
  }

  /** {@return the counts and the state of the file} */
  public State state() {
    synchronized (lock) {
      return new State(
          read.keptAside(),
          read.problem(),
          read.skipped(),
          saving == null ? 0 : saving.saves(),
          saving == null ? 0 : saving.failures(),
          runs.forgotten());
    }
  }

  /** Writes the file. The timings remain usable. */
  @Override
  public void close() {
    save();
  }

  private static Pair pair(String agent, String cli) {
    return new Pair(cut(agent), cut(cli));
  }

  private static String cut(String name) {
    if (name.length() <= LONGEST_NAME) {
      return name;
    }
    boolean splits = Character.isHighSurrogate(name.charAt(LONGEST_NAME - 1));
    return name.substring(0, splits ? LONGEST_NAME - 1 : LONGEST_NAME);
  }

  /** Builder of {@link AgentTimings}. Not thread-safe. */
  public static final class Builder {
    private Sources sources = Sources.system();
    private @Nullable Path path;
    private @Nullable Executor executor;
    private Duration saveEvery = Duration.ofSeconds(5);
    private int capacity = 1000;

    private Builder() {}

    /**
     * Sets the time source; default the machine's clocks.
     *
     * @param sources clock and nano clock
     */
    public Builder sources(Sources sources) {
      this.sources = sources;
      return this;
    }

    /**
     * Sets the file, such as {@code agent-performance.json}; it need not exist. Default none.
     *
     * @param path the file
     */
    public Builder file(Path path) {
      this.path = path;
      return this;
    }

    /**
     * Sets the executor that writes the file after runs; by default only {@link AgentTimings#save}
     * and {@link AgentTimings#close} write.
     *
     * @param executor receives one write at a time
     */
    public Builder executor(Executor executor) {
      this.executor = executor;
      return this;
    }

    /**
     * Limits how often the executor writes, default every 5 s.
     *
     * @param interval not negative
     */
    public Builder saveEvery(Duration interval) {
      Require.that(
          !interval.isNegative(), "timings.saveEvery must not be negative, got %s", interval);
      this.saveEvery = interval;
      return this;
    }

    /**
     * Limits the pairs of agent and command line, default 1,000.
     *
     * @param pairs at least 1
     */
    public Builder capacity(int pairs) {
      Require.that(pairs >= 1, "timings.capacity must be at least 1, got %s", pairs);
      this.capacity = pairs;
      return this;
    }

    /**
     * Reads the file, if there is one.
     *
     * @return the timings
     * @throws UncheckedIOException if the file exists and cannot be read or, if damaged, renamed
     */
    public AgentTimings build() {
      return new AgentTimings(this);
    }
  }

  /**
   * One running invocation. The handle is its identity, so concurrent runs of one agent do not
   * interfere.
   *
   * <p>Thread-safe. The first call of {@link #complete} or {@link #fail} counts; later ones do
   * nothing. Never throws.
   */
  public static final class Timing {
    private final AgentTimings timings;
    private final TimedRun.Pair pair;
    private final long startNanos;
    private final AtomicBoolean ended = new AtomicBoolean();

    Timing(AgentTimings timings, TimedRun.Pair pair, long startNanos) {
      this.timings = timings;
      this.pair = pair;
      this.startNanos = startNanos;
    }

    /**
     * Ends the run: the agent answered.
     *
     * @return its duration, empty if the run had already ended
     */
    public Optional<Duration> complete() {
      return end(true);
    }

    /**
     * Ends the run: the agent failed.
     *
     * @return its duration, empty if the run had already ended
     */
    public Optional<Duration> fail() {
      return end(false);
    }

    private Optional<Duration> end(boolean success) {
      if (ended.getAndSet(true)) {
        return Optional.empty();
      }
      return Optional.of(timings.ended(pair, startNanos, success));
    }
  }

  /**
   * The recent runs of one agent through one command line.
   *
   * <p>Times are of successful runs only: a run that broke off, or hung until a time-out, says
   * nothing about the duration of the work. They are empty without successes.
   *
   * @param agent the agent's id
   * @param cli the command line
   * @param runs remembered runs, at most {@value AgentTimings#KEPT}
   * @param successes successful runs
   * @param average mean time
   * @param median the median; for an even number, the mean of the middle two
   * @param p95 the 95th percentile, nearest rank
   */
  public record Summary(
      String agent,
      String cli,
      int runs,
      int successes,
      Optional<Duration> average,
      Optional<Duration> median,
      Optional<Duration> p95) {

    static Summary of(TimedRun.Pair pair, int runs, long[] nanosOfSuccesses) {
      long[] sorted = nanosOfSuccesses.clone();
      Arrays.sort(sorted);
      int n = sorted.length;
      if (n == 0) {
        return new Summary(
            pair.agent(),
            pair.cli(),
            runs,
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
      }
      double mean = Arrays.stream(sorted).average().orElseThrow();
      long middle = sorted[(n - 1) / 2] + (sorted[n / 2] - sorted[(n - 1) / 2]) / 2;
      long p95 = sorted[(95 * n + 99) / 100 - 1];
      return new Summary(
          pair.agent(),
          pair.cli(),
          runs,
          n,
          Optional.of(Duration.ofNanos(Math.round(mean))),
          Optional.of(Duration.ofNanos(middle)),
          Optional.of(Duration.ofNanos(p95)));
    }

    /** {@return the share of successful runs, in [0,1]; 0 without runs} */
    public double successShare() {
      return runs == 0 ? 0 : (double) successes / runs;
    }
  }

  /**
   * Counts since the timings were opened.
   *
   * @param keptAside the renamed damaged file, empty if the file was sound
   * @param problem the damage, empty if there was none
   * @param skipped invalid entries of the file
   * @param saves successful writes
   * @param failedSaves failed writes
   * @param forgotten pairs removed because there were too many
   */
  public record State(
      Optional<Path> keptAside,
      String problem,
      int skipped,
      long saves,
      long failedSaves,
      long forgotten) {}
}
