/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import dev.arbiter.bench.Arguments;
import dev.arbiter.routing.BanditPolicy;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to run and how to print it.
 *
 * @param scale how many times the usual number of runs, above 0
 * @param only names of scenarios; empty for all
 * @param policies who competes, in the order of the rows
 * @param outcomes recorded outcomes, or none
 * @param threads how many work at once, at least 1
 * @param markdown whether tables are Markdown
 */
record LabOptions(
    double scale,
    List<String> only,
    List<BanditPolicy> policies,
    @Nullable Path outcomes,
    int threads,
    boolean markdown) {
  private static final String RESTARTING = "glr-";
  private static final String USAGE =
      "options are --runs-scale F, --only SCENARIO,..., --policies NAME,..., --outcomes FILE,"
          + " --threads N, --markdown";
  private static final double MOST_SCALE = 1_000;

  /**
   * Reads options.
   *
   * @throws IllegalArgumentException for one that is unknown or makes no sense, saying which
   */
  static LabOptions parse(String... arguments) {
    Arguments given =
        new Arguments(
            USAGE,
            List.of("--markdown"),
            List.of("--runs-scale", "--only", "--policies", "--outcomes", "--threads"),
            arguments);
    given.requireNoOthers();
    double scale = given.number("--runs-scale", 1);
    given.require(scale <= MOST_SCALE, "--runs-scale must be at most 1000, got " + scale);
    String threads = given.value("--threads");
    String only = given.value("--only");
    String policies = given.value("--policies");
    return new LabOptions(
        scale,
        only == null ? List.of() : List.of(only.split(",", -1)),
        policies == null ? everyPolicy() : named(List.of(policies.split(",", -1))),
        given.file("--outcomes"),
        threads == null
            ? Runtime.getRuntime().availableProcessors()
            : given.whole("--threads", threads),
        given.has("--markdown"));
  }

  /** Each policy once, the default first, and Thompson sampling with restarts. */
  private static List<BanditPolicy> everyPolicy() {
    Map<String, BanditPolicy> all = new LinkedHashMap<>();
    all.put(BanditPolicy.adaptiveThompson().name(), BanditPolicy.adaptiveThompson());
    for (String name : BanditPolicy.names()) {
      BanditPolicy policy = BanditPolicy.named(name);
      all.putIfAbsent(policy.name(), policy);
    }
    BanditPolicy restarting = BanditPolicy.restarting(BanditPolicy.thompson());
    all.put(restarting.name(), restarting);
    return List.copyOf(all.values());
  }

  private static List<BanditPolicy> named(List<String> names) {
    return names.stream().map(LabOptions::named).toList();
  }

  private static BanditPolicy named(String name) {
    return name.startsWith(RESTARTING)
        ? BanditPolicy.restarting(BanditPolicy.named(name.substring(RESTARTING.length())))
        : BanditPolicy.named(name);
  }
}
