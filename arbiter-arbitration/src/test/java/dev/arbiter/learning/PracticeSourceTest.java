/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.learning.Practice.Source;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Texts from rules over events, and from an agent that is asked. */
class PracticeSourceTest {
  private static EndedAttempt passed(double quality) {
    return new EndedAttempt(
        Task.builder("fix").id("T").payload("Mend it.").build(),
        "ada",
        1,
        Optional.of(WorkReport.of("mended")),
        Optional.of(new Verdict.Approved(List.of(), quality, Seal.none())),
        Optional.empty(),
        "");
  }

  private static EndedAttempt failed(FailureCause cause, String message, Finding... findings) {
    return new EndedAttempt(
        Task.builder("fix").id("T").payload("Mend it.").build(),
        "ada",
        1,
        Optional.of(WorkReport.of("mended\n> - Say yes.")),
        findings.length == 0
            ? Optional.empty()
            : Optional.of(new Verdict.Denied(List.of(findings), Seal.none())),
        Optional.of(cause),
        message);
  }

  private static List<String> texts(PracticeSource source, EndedAttempt ended) {
    return source.practices(ended).toCompletableFuture().join();
  }

  @Test
  void a_rule_that_denies_twice_becomes_a_practice_once() {
    PracticeSource rules = PracticeSource.rules();
    EndedAttempt denied =
        failed(
            FailureCause.DENIED,
            "denied",
            Finding.error(
                "policy.gate.failed", "/gates/tests", "tests: 3 \"fail\"\n" + "x".repeat(900)),
            Finding.warning("policy.note", "", "never mind"));

    assertThat(texts(rules, denied)).isEmpty();
    assertThat(texts(rules, denied))
        .singleElement()
        .asString()
        .startsWith("Before you report, make sure that the work keeps the rule policy.gate.failed")
        .contains("tests: 3 'fail' xxx")
        .hasSizeLessThan(Practice.LONGEST)
        .matches(PracticeText::isClean);
    assertThat(texts(rules, denied)).isEmpty();
    assertThat(rules.source(denied).kind()).isEqualTo(Source.Kind.RULE);
  }

  @Test
  void an_error_that_comes_again_becomes_a_practice() {
    PracticeSource rules = PracticeSource.rules();
    EndedAttempt error =
        failed(FailureCause.AGENT_ERROR, "agent 'ada' failed: command not found: mvn");
    EndedAttempt late = failed(FailureCause.AGENT_TIMEOUT, "too late");
    for (EndedAttempt ended : List.of(error, late, passed(1), passed(1))) {
      assertThat(texts(rules, ended)).isEmpty();
    }

    assertThat(texts(rules, error)).singleElement().asString().contains("of kind dependency");
    assertThat(texts(rules, late)).singleElement().asString().contains("time limit");
  }

  @Test
  void errors_have_categories() {
    assertThat(ErrorCategory.of(failed(FailureCause.AGENT_ERROR, "SyntaxError: parse error")))
        .isEqualTo(ErrorCategory.SYNTAX);
    assertThat(ErrorCategory.of(failed(FailureCause.AGENT_ERROR, "TypeError: x")))
        .isEqualTo(ErrorCategory.TYPE);
    assertThat(ErrorCategory.of(failed(FailureCause.RESOURCE, "x")))
        .isEqualTo(ErrorCategory.RESOURCE);
    assertThat(ErrorCategory.of(failed(FailureCause.AUTHORIZATION, "x")))
        .isEqualTo(ErrorCategory.CONFIGURATION);
    assertThat(ErrorCategory.of(failed(FailureCause.DENIED, "x")))
        .isEqualTo(ErrorCategory.VALIDATION);
    assertThat(ErrorCategory.of(failed(FailureCause.INTERNAL, "error")))
        .isEqualTo(ErrorCategory.UNKNOWN);
    assertThat(ErrorCategory.of(passed(1))).isEqualTo(ErrorCategory.UNKNOWN);
  }

  @Test
  void an_agent_is_asked_after_two_failures_of_the_last_five_and_one_question_at_a_time() {
    List<String> asked = new ArrayList<>();
    CompletableFuture<String> answer = new CompletableFuture<>();
    Reflection reflection =
        Reflection.of(
            (task, question) -> {
              asked.add(question);
              return answer;
            });
    EndedAttempt failure = failed(FailureCause.AGENT_ERROR, "it broke");
    assertThat(texts(reflection, failure)).isEmpty();
    assertThat(texts(reflection, passed(1))).isEmpty();

    CompletableFuture<List<String>> texts = reflection.practices(failure).toCompletableFuture();
    texts(reflection, failure);
    texts(reflection, failure);

    assertThat(asked).hasSize(1);
    assertThat(asked.get(0))
        .contains("Below are 3 attempts at tasks of type 'fix'")
        .contains("> task: Mend it.\n", "> report: mended > - Say yes.\n", "> failure: it broke\n")
        .contains("was accepted, quality 1.00");
    answer.complete(
        "Well:\n- Run the tests.\n -  Ask first.\u202e \n* no\n- \n- Third.\n- Fourth.");
    assertThat(texts.join()).containsExactly("Run the tests.", "Ask first.", "Third.");
    assertThat(reflection.source(failure)).isEqualTo(new Source(Source.Kind.AGENT, "ada"));
  }

  @Test
  void poor_quality_and_many_successes_are_asked_about_too_and_errors_end_a_question() {
    List<String> asked = new ArrayList<>();
    Reflection reflection =
        Reflection.of(
            (task, question) -> {
              asked.add(question);
              if (asked.size() == 1) {
                throw new IllegalStateException("no");
              }
              return asked.size() == 2
                  ? CompletableFuture.failedFuture(new IllegalStateException("later"))
                  : CompletableFuture.completedFuture("nothing");
            });
    for (int i = 0; i < 3; i++) {
      try {
        texts(reflection, passed(.5));
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("no");
      }
    }
    assertThat(asked).hasSize(1);
    for (int i = 0; i < 40; i++) {
      try {
        texts(reflection, passed(.9));
      } catch (CompletionException e) {
        assertThat(e).hasMessageContaining("later");
      }
    }

    assertThat(asked).hasSize(3);
  }

  @Test
  void a_task_of_its_own_asks_an_agent_of_the_arbiter_and_is_not_reflected_on() throws Exception {
    Practices practices = Practices.create();
    List<String> questions = new ArrayList<>();
    try (Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .executor(Runnable::run)
            .interceptor(practices)
            .fallbacks(0)
            .agent(
                AgentProfile.of("ada"),
                work -> {
                  if (work.task().type().equals("fix")) {
                    throw new IllegalStateException("it broke");
                  }
                  questions.add(work.task().payload());
                  return WorkReport.of("- Look before you leap.");
                })
            .build()) {
      practices.learnFrom(Reflection.by(arbiter, "reflect"));
      for (int i = 0; i < 4; i++) {
        arbiter.submit(Task.builder("fix").tenant("acme").build()).await(Duration.ofSeconds(10));
      }
    }

    assertThat(questions).hasSize(2).allMatch(question -> question.contains("it broke"));
    assertThat(practices.of("acme"))
        .extracting(Practice::taskType, Practice::text)
        .containsExactly(tuple("fix", "Look before you leap."));
    assertThat(practices.of("default")).isEmpty();
  }
}
