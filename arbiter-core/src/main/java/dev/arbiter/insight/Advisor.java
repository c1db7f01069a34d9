/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.insight;

import dev.arbiter.insight.AgentInsights.Figures;
import dev.arbiter.insight.AttemptTrail.Attempted;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Finds what the figures speak for. Stateless.
 *
 * <p>Limits are those of the requirements: at least 5 points; an error rate above .1, a rating
 * below 3, two errors in the last five, a mean quality below .7.
 */
final class Advisor {
  private static final int LEAST = 5;
  private static final int LEAST_RATINGS = 3;
  private static final double ERROR_RATE = .1;
  private static final double RATING = 3;
  private static final double QUALITY = .7;
  private static final int LAST = 5;
  private static final int ERRORS_IN_LAST = 2;
  private static final double CLEAR = .8;

  private Advisor() {}

  /** What speaks for a change of one agent. */
  static List<Recommendation> ofAgent(String agent, List<Attempted> attempts, Figures figures) {
    List<String> evidence = new ArrayList<>();
    double surest = 0;
    int n = attempts.size();
    int errors = (int) attempts.stream().filter(attempt -> !attempt.succeeded()).count();
    long last =
        attempts.stream().skip(Math.max(0, n - LAST)).filter(one -> !one.succeeded()).count();
    if (n >= LEAST && (last >= ERRORS_IN_LAST || errors > ERROR_RATE * n)) {
      evidence.add(text("%d of %d attempts failed, %d of the last five", errors, n, last));
      evidence.add("most often: " + commonCause(attempts));
      surest = above(errors / (double) n, ERROR_RATE, n);
    }
    int good = n - errors;
    if (good >= LEAST && figures.quality() < QUALITY) {
      evidence.add(text("the mean quality of %d accepted works is %.2f", good, figures.quality()));
      surest = Math.max(surest, normal((QUALITY - figures.quality()) * Math.sqrt(good) / .25));
    }
    if (figures.ratings() >= LEAST_RATINGS && figures.rating() < RATING) {
      evidence.add(text("%d people rated it %.1f of 5", figures.ratings(), figures.rating()));
      double z = (RATING - figures.rating()) * Math.sqrt(figures.ratings()) / 1.2;
      surest = Math.max(surest, normal(z));
    }
    return evidence.isEmpty()
        ? List.of()
        : List.of(
            new Recommendation(
                Recommendation.Kind.AGENT,
                agent,
                "look at agent '" + agent + "', and take it out of service if that takes long",
                evidence,
                surest));
  }

  private static String commonCause(List<Attempted> attempts) {
    Map<String, Integer> causes = new TreeMap<>();
    String most = "";
    for (Attempted attempt : attempts) {
      if (!attempt.succeeded()) {
        int count = causes.merge(attempt.cause(), 1, Integer::sum);
        most = most.isEmpty() || count > causes.getOrDefault(most, 0) ? attempt.cause() : most;
      }
    }
    return most;
  }

  /** Which agent does a type of task clearly better than another one. */
  static List<Recommendation> ofRouting(Map<String, Map<String, Figures>> byType) {
    List<Recommendation> found = new ArrayList<>();
    byType.forEach(
        (type, agents) -> {
          String best = "";
          for (String agent : agents.keySet()) {
            best = best.isEmpty() || share(agents, agent) > share(agents, best) ? agent : best;
          }
          for (String agent : agents.keySet()) {
            // More successes alone are no reason against an agent that did as well.
            boolean isWorse = of(agents, agent).successRate() < of(agents, best).successRate();
            double sure = isWorse ? better(of(agents, best), of(agents, agent)) : 0;
            if (sure >= CLEAR) {
              found.add(
                  new Recommendation(
                      Recommendation.Kind.ROUTING,
                      type,
                      text("give tasks of type '%s' to '%s' rather than '%s'", type, best, agent),
                      List.of(counts(agents, best), counts(agents, agent)),
                      sure));
            }
          }
        });
    return found;
  }

  private static Figures of(Map<String, Figures> agents, String agent) {
    return Objects.requireNonNull(agents.get(agent), agent);
  }

  private static double share(Map<String, Figures> agents, String agent) {
    Figures figures = of(agents, agent);
    return (figures.successRate() * figures.attempts() + 1) / (figures.attempts() + 2);
  }

  private static String counts(Map<String, Figures> agents, String agent) {
    Figures figures = of(agents, agent);
    long good = Math.round(figures.successRate() * figures.attempts());
    return text("'%s' succeeded at %d of %d", agent, good, figures.attempts());
  }

  private static double better(Figures one, Figures other) {
    if (one.attempts() < LEAST || other.attempts() < LEAST) {
      return 0;
    }
    double p = (one.successRate() * one.attempts() + 1) / (one.attempts() + 2);
    double q = (other.successRate() * other.attempts() + 1) / (other.attempts() + 2);
    double variance = p * (1 - p) / (one.attempts() + 2) + q * (1 - q) / (other.attempts() + 2);
    return normal((p - q) / Math.sqrt(variance));
  }

  /** A rule that denies the work of several agents. */
  static List<Recommendation> ofRule(String rule, int denied, int agents, int judged) {
    if (judged < LEAST || agents < 2 || denied <= ERROR_RATE * judged) {
      return List.of();
    }
    return List.of(
        new Recommendation(
            Recommendation.Kind.POLICY,
            rule,
            "look at rule '" + rule + "' and at what agents are told of it",
            List.of(text("it denied %d of %d works, of %d agents", denied, judged, agents)),
            above(denied / (double) judged, ERROR_RATE, judged)));
  }

  /** Something that holds in most of the last looks. */
  static List<Recommendation> ofState(
      Recommendation.Kind kind, String subject, String text, String evidence, int held, int looks) {
    if (looks < LEAST || held * 2 <= looks) {
      return List.of();
    }
    String often = text("%s, in %d of %d looks", evidence, held, looks);
    return List.of(new Recommendation(kind, subject, text, List.of(often), held / (looks + 1.0)));
  }

  /* How sure a share of n points is above a limit. */
  private static double above(double share, double limit, double n) {
    return normal((share - limit) / Math.sqrt(limit * (1 - limit) / n));
  }

  /* The normal distribution, within .01 of it. */
  private static double normal(double z) {
    return 1 / (1 + Math.exp(-1.702 * z));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
