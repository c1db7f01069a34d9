/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.insight.AgentInsights.Figures;
import dev.arbiter.insight.AgentInsights.Trend;
import dev.arbiter.insight.AttemptTrail.Attempted;
import dev.arbiter.insight.Recommendation.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** At which figures something is recommended, and how sure it is: both sides of each limit. */
class AdvisorTest {
  private static final double NOTHING = Double.NaN;

  /* s for a success, f for a failure, v for a denial. */
  private static List<Attempted> attempts(String ends) {
    List<Attempted> all = new ArrayList<>();
    for (int i = 0; i < ends.length(); i++) {
      char end = ends.charAt(i);
      AttemptTrail.Kind kind =
          end == 's'
              ? AttemptTrail.Kind.SUCCESS
              : end == 'f' ? AttemptTrail.Kind.FAILURE : AttemptTrail.Kind.VIOLATION;
      String cause = end == 's' ? "" : end == 'f' ? "AGENT_ERROR" : "DENIED";
      all.add(new Attempted(all.size(), "fix", kind, 1, 0, cause, List.of()));
    }
    return all;
  }

  private static Figures figures(int attempts, double successRate) {
    return new Figures(attempts, successRate, 0, 1, Duration.ZERO, 0, 0, NOTHING, Trend.STABLE);
  }

  private static Figures quality(double quality) {
    return new Figures(9, 1, 0, quality, Duration.ZERO, 0, 0, NOTHING, Trend.STABLE);
  }

  private static Figures rated(int ratings, double rating) {
    return new Figures(0, NOTHING, 0, NOTHING, Duration.ZERO, 0, ratings, rating, Trend.STABLE);
  }

  private static List<Recommendation> ofAgent(String ends) {
    return Advisor.ofAgent("ada", attempts(ends), quality(1));
  }

  @Test
  void an_agent_without_attempts_is_well() {
    assertThat(Advisor.ofAgent("ada", List.of(), figures(0, NOTHING))).isEmpty();
  }

  @Test
  void five_attempts_are_the_least() {
    assertThat(ofAgent("ffff")).isEmpty();
    assertThat(ofAgent("fffff")).hasSize(1);
  }

  @Test
  void one_failure_of_ten_is_no_reason_and_one_of_nine_is() {
    assertThat(ofAgent("fsssssssss")).isEmpty();
    assertThat(ofAgent("fssssssss")).hasSize(1);
    assertThat(ofAgent("sssss")).isEmpty();
  }

  @Test
  void two_failures_of_the_last_five_are_a_reason_whatever_was_before() {
    String good = "s".repeat(40);

    assertThat(ofAgent(good + "fsfss")).hasSize(1);
    assertThat(ofAgent(good + "sfsss")).isEmpty();
    assertThat(ofAgent(good + "ffsssss")).as("six and seven attempts ago").isEmpty();
  }

  @Test
  void the_evidence_counts_failures_and_names_the_most_frequent_cause() {
    Recommendation look = ofAgent("svfvs").get(0);

    assertThat(look.kind()).isEqualTo(Kind.AGENT);
    assertThat(look.subject()).isEqualTo("ada");
    assertThat(look.evidence())
        .containsExactly("3 of 5 attempts failed, 3 of the last five", "most often: DENIED");
    assertThat(ofAgent("ffvss").get(0).evidence()).contains("most often: AGENT_ERROR");
    assertThat(ofAgent("vffss").get(0).evidence()).contains("most often: AGENT_ERROR");
  }

  /* A share of n points above a limit, by the normal distribution with the limit's own variance. */
  @Test
  void it_is_as_sure_as_the_failures_are_many() {
    assertThat(ofAgent("fffss").get(0).confidence()).isCloseTo(.9999, within(.01));
    // Two of 45 are fewer than a tenth: it is the last five that speak, and not surely.
    assertThat(ofAgent("s".repeat(40) + "ffsss").get(0).confidence()).isBetween(.05, .15);
    // 15 of 100: 1.67 standard deviations above.
    String mixed = ("f" + "s".repeat(5)).repeat(15) + "s".repeat(10);
    assertThat(ofAgent(mixed).get(0).confidence()).isCloseTo(.952, within(.015));
  }

  @Test
  void five_good_works_of_low_quality_are_a_reason() {
    assertThat(Advisor.ofAgent("ada", attempts("ssss"), quality(.5))).isEmpty();
    assertThat(Advisor.ofAgent("ada", attempts("sssss"), quality(.7))).isEmpty();

    Recommendation look = Advisor.ofAgent("ada", attempts("sssss"), quality(.6)).get(0);
    assertThat(look.evidence()).containsExactly("the mean quality of 5 accepted works is 0.60");
    assertThat(look.confidence()).isCloseTo(.82, within(.01));
    assertThat(Advisor.ofAgent("ada", attempts("s".repeat(20)), quality(.6)).get(0).confidence())
        .isCloseTo(.954, within(.01));
    assertThat(Advisor.ofAgent("ada", attempts("ffff" + "ssss"), quality(.5)).get(0).evidence())
        .as("four good ones say nothing about quality")
        .noneMatch(evidence -> evidence.contains("quality"));
  }

  @Test
  void three_low_ratings_are_a_reason() {
    assertThat(Advisor.ofAgent("ada", List.of(), rated(2, 1))).isEmpty();
    assertThat(Advisor.ofAgent("ada", List.of(), rated(3, 3))).isEmpty();

    Recommendation look = Advisor.ofAgent("ada", List.of(), rated(3, 2)).get(0);
    assertThat(look.evidence()).containsExactly("3 people rated it 2.0 of 5");
    assertThat(look.confidence()).isCloseTo(.92, within(.01));
    assertThat(Advisor.ofAgent("ada", List.of(), rated(12, 2)).get(0).confidence())
        .isCloseTo(.993, within(.01));
  }

  private static List<Recommendation> ofRouting(Figures ada, Figures bob) {
    return Advisor.ofRouting(Map.of("fix", new TreeMap<>(Map.of("ada", ada, "bob", bob))));
  }

  @Test
  void the_better_of_two_is_recommended_when_it_is_clear() {
    assertThat(ofRouting(figures(10, .5), figures(10, .5))).isEmpty();
    assertThat(ofRouting(figures(10, .6), figures(10, .5))).as("ten are few").isEmpty();
    assertThat(ofRouting(figures(4, 1), figures(40, .1))).as("four are none").isEmpty();
    assertThat(ofRouting(figures(40, .1), figures(4, 1))).isEmpty();
    assertThat(ofRouting(figures(5, 1), figures(5, 0))).hasSize(1);

    Recommendation one = ofRouting(figures(100, .6), figures(100, .4)).get(0);
    assertThat(one.text()).isEqualTo("give tasks of type 'fix' to 'ada' rather than 'bob'");
    assertThat(one.evidence())
        .containsExactly("'ada' succeeded at 60 of 100", "'bob' succeeded at 40 of 100");
    // (61 - 41) / 102 over the root of twice .24 / 102: 2.86 standard deviations.
    assertThat(one.confidence()).isCloseTo(.992, within(.005));
    assertThat(ofRouting(figures(100, .55), figures(100, .45)).get(0).confidence())
        .isCloseTo(.917, within(.01));
    assertThat(ofRouting(figures(100, .4), figures(100, .6)).get(0).text())
        .contains("to 'bob' rather than 'ada'");
  }

  /** A record of few attempts is drawn to one half: one success is no perfect agent. */
  @Test
  void the_best_is_not_the_one_with_the_fewest_attempts() {
    Map<String, Figures> agents =
        new TreeMap<>(Map.of("ada", figures(1, 1), "bob", figures(50, .9), "cyd", figures(50, .2)));

    List<Recommendation> found = Advisor.ofRouting(Map.of("fix", agents));

    assertThat(found)
        .extracting(Recommendation::text)
        .containsExactly("give tasks of type 'fix' to 'bob' rather than 'cyd'");
  }

  /** Each record is drawn to one half by two attempts, one good and one bad. */
  @Test
  void many_attempts_alone_make_no_agent_the_best() {
    assertThat(ofRouting(figures(100, .5), figures(10, 1)).get(0).text())
        .isEqualTo("give tasks of type 'fix' to 'bob' rather than 'ada'");
    assertThat(ofRouting(figures(100, .85), figures(12, 1)).get(0).text())
        .isEqualTo("give tasks of type 'fix' to 'bob' rather than 'ada'");
    assertThat(ofRouting(figures(100, .9), figures(5, .8)).get(0).text())
        .isEqualTo("give tasks of type 'fix' to 'ada' rather than 'bob'");
  }

  @Test
  void five_attempts_each_are_as_sure_as_seven_with_the_two() {
    // (6 - 1) / 7 over the root of twice 6 / 343: 3.82 standard deviations.
    assertThat(ofRouting(figures(5, 1), figures(5, 0)).get(0).confidence())
        .isCloseTo(.9985, within(.001));
  }

  @Test
  void a_rule_that_denies_more_than_a_tenth_of_several_agents_is_looked_at() {
    assertThat(Advisor.ofRule("r", 4, 2, 4)).isEmpty();
    assertThat(Advisor.ofRule("r", 5, 1, 5)).as("one agent: it is the agent").isEmpty();
    assertThat(Advisor.ofRule("r", 1, 2, 10)).isEmpty();

    Recommendation look = Advisor.ofRule("r", 5, 2, 5).get(0);
    assertThat(look.kind()).isEqualTo(Kind.POLICY);
    assertThat(look.subject()).isEqualTo("r");
    assertThat(look.evidence()).containsExactly("it denied 5 of 5 works, of 2 agents");
    assertThat(Advisor.ofRule("r", 15, 2, 100).get(0).confidence()).isCloseTo(.952, within(.015));
    assertThat(Advisor.ofRule("r", 11, 2, 100).get(0).confidence()).isBetween(.6, .7);
  }

  private static List<Recommendation> ofState(int held, int looks) {
    return Advisor.ofState(Kind.RESOURCE, "ada", "give it more", "it is full", held, looks);
  }

  @Test
  void a_state_that_held_in_more_than_half_of_five_looks_counts() {
    assertThat(ofState(4, 4)).isEmpty();
    assertThat(ofState(5, 10)).isEmpty();
    assertThat(ofState(3, 5)).hasSize(1);

    Recommendation more = ofState(6, 10).get(0);
    assertThat(more.kind()).isEqualTo(Kind.RESOURCE);
    assertThat(more.evidence()).containsExactly("it is full, in 6 of 10 looks");
    assertThat(more.confidence()).isEqualTo(6 / 11.0);
  }
}
