/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

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
      "--runs-scale F, --only SCENARIO,..., --policies NAME,..., --outcomes FILE, --threads N,"
          + " --markdown";

  /**
   * Reads options.
   *
   * @throws IllegalArgumentException for one that is unknown or makes no sense, saying which
   */
  static LabOptions parse(String... arguments) {
    Map<String, String> values = new LinkedHashMap<>();
    boolean markdown = false;
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].equals("--markdown")) {
        markdown = true;
      } else if (i + 1 < arguments.length) {
        values.put(arguments[i], arguments[++i]);
      } else {
        throw refused("'" + arguments[i] + "' has no value");
      }
    }
    double scale = Double.parseDouble(take(values, "--runs-scale", "1"));
    int processors = Runtime.getRuntime().availableProcessors();
    int threads = Integer.parseInt(take(values, "--threads", Integer.toString(processors)));
    String only = take(values, "--only", "");
    String policies = take(values, "--policies", "");
    String outcomes = take(values, "--outcomes", "");
    if (!values.isEmpty() || !(scale > 0 && scale <= 1_000) || threads < 1) {
      throw refused("cannot use " + List.of(arguments));
    }
    return new LabOptions(
        scale,
        only.isEmpty() ? List.of() : List.of(only.split(",", -1)),
        policies.isEmpty() ? everyPolicy() : named(List.of(policies.split(",", -1))),
        outcomes.isEmpty() ? null : Path.of(outcomes),
        threads,
        markdown);
  }

  private static String take(Map<String, String> values, String name, String otherwise) {
    String value = values.remove(name);
    return value == null ? otherwise : value;
  }

  private static IllegalArgumentException refused(String what) {
    return new IllegalArgumentException(what + "; options are " + USAGE);
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
