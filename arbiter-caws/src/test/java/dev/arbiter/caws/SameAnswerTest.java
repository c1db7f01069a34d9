/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.SPEC_V1;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.SpecValidator.Validation;
import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.caws.internal.project.GateRule;
import dev.arbiter.caws.internal.project.Policy;
import dev.arbiter.caws.internal.project.PolicyReader;
import dev.arbiter.caws.internal.text.FileText;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@link SpecValidator} and {@link Caws} decide alike about the same files and changes. */
class SameAnswerTest {
  private static final Set<String> KERNEL = Set.copyOf(GateRule.KERNEL);

  /** A spec, a policy and waivers, as texts. */
  private record Project(String name, String spec, String policy, List<String> waivers) {}

  private static List<ChangeSet> changes() {
    return List.of(
        ChangeSet.none(),
        ChangeSet.ofNumstat("3\t1\tsrc/A.java\n"),
        ChangeSet.ofNumstat("3\t1\telsewhere/A.java\n"),
        ChangeSet.ofNumstat("1\t0\t.caws/policy.yaml\n"),
        ChangeSet.ofNumstat("290\t0\tsrc/A.java\n"),
        ChangeSet.ofNumstat("350\t0\tsrc/A.java\n"),
        ChangeSet.ofNumstat("350\t0\telsewhere/A.java\n"),
        ChangeSet.ofNumstat("9000\t0\tsrc/A.java\n"),
        ChangeSet.ofNumstat("0\t0\t\0src/A\0src/B\0" + "1\t0\t\0src/C\0src/D\0"),
        ChangeSet.ofNumstat("0\t0\t\0elsewhere/A\0src/B\0"),
        ChangeSet.ofNumstat("0\t0\t\0.caws/policy.yaml\0src/B\0"));
  }

  private static void compare(Project project) {
    for (ChangeSet changes : changes()) {
      compare(project, changes);
    }
  }

  private static void compare(Project project, ChangeSet changes) {
    SpecValidator.Builder validator =
        SpecValidator.at(NOW).policy(project.policy()).changes(changes);
    project.waivers().forEach(text -> validator.waiver("waiver", text));
    Validation validation = validator.build().validate(project.spec());
    String what = project.name() + " " + changes;

    Caws caws = caws(project);
    Task task = Task.builder("x").id("T-1").spec(SpecRef.text(project.spec())).build();
    Admission admission = caws.admit(task);
    if (admission instanceof Admission.Admitted admitted) {
      WorkReport report = changes.in(WorkReport.of(""));
      Verdict verdict =
          caws.judge(
              new Assignment(task, "ada", 1, admitted.specDigest(), Duration.ofMinutes(1)), report);
      assertThat(validation.outcome() == Validation.Outcome.ALLOWED)
          .as("%s%n%s%n%s", what, validation, verdict.findings())
          .isEqualTo(verdict.passed());
      if (project.waivers().isEmpty()) {
        assertThat(errors(validation.findings())).as(what).isEqualTo(errors(verdict.findings()));
      }
    } else {
      assertThat(validation.outcome())
          .as("%s%n%s", what, admission.findings())
          .isNotEqualTo(Validation.Outcome.ALLOWED);
      assertThat(errors(validation.findings())).as(what).containsAll(errors(admission.findings()));
    }
  }

  /** The gates that need evidence pass, so that scope, budget and the files decide. */
  private static Caws caws(Project project) {
    Caws.Builder caws =
        Caws.builder().policy(project.policy()).sources(Fixtures.sources()).sealHashedOnly();
    project.waivers().forEach(caws::waiver);
    Policy policy = PolicyReader.read(project.policy()).policy();
    if (policy != null) {
      policy.gates().stream()
          .map(GateRule::name)
          .filter(name -> !KERNEL.contains(name))
          .forEach(name -> caws.gate(name, (assignment, report) -> QualityGate.Result.pass("")));
    }
    return caws.build();
  }

  private static Set<String> errors(List<Finding> findings) {
    Set<String> rules = new TreeSet<>();
    for (Finding finding : findings) {
      if (finding.severity() == Severity.ERROR) {
        rules.add(finding.ruleId());
      }
    }
    return rules;
  }

  @Test
  void for_every_project_of_the_examples() throws IOException {
    List<Path> folders;
    try (Stream<Path> walk = Files.walk(Path.of("..", "examples"), 8)) {
      folders = walk.filter(path -> path.endsWith(".caws") && Files.isDirectory(path)).toList();
    }

    assertThat(folders).isNotEmpty();
    for (Path folder : folders) {
      List<String> waivers = new ArrayList<>();
      for (Path waiver : FileText.list(folder.resolve("waivers"), new ArrayList<>())) {
        waivers.add(Files.readString(waiver));
      }
      List<Path> specs = new ArrayList<>();
      specs.addAll(FileText.list(folder.resolve("working-spec.yaml"), new ArrayList<>()));
      specs.addAll(FileText.list(folder.resolve("specs"), new ArrayList<>()));
      assertThat(specs).as("%s", folder).isNotEmpty();
      for (Path spec : specs) {
        String policy = Files.readString(folder.resolve("policy.yaml"));
        compare(new Project(spec.toString(), Files.readString(spec), policy, waivers));
      }
    }
  }

  @Test
  void for_every_spec_and_policy_of_real_projects() throws IOException {
    Path samples = Path.of(System.getProperty("arbiter.shared", "none")).resolve("samples/caws");
    assumeThat(samples).as("the samples of real projects are not at hand").exists();
    List<Path> policies = new ArrayList<>();
    List<Path> waivers = new ArrayList<>();
    List<Path> specs = new ArrayList<>();
    for (Path file : FileText.list(samples, new ArrayList<>())) {
      String name = file.getFileName().toString();
      boolean waiver = name.contains("WV-") || name.contains("-CONCURRENCY-");
      if (!name.equals("design__chain.json")) {
        (name.contains("policy") ? policies : waiver ? waivers : specs).add(file);
      }
    }

    assertThat(specs).hasSize(5);
    assertThat(policies).hasSize(3);
    assertThat(waivers).hasSize(3);
    List<String> granted = new ArrayList<>();
    for (Path waiver : waivers) {
      granted.add(Files.readString(waiver));
    }
    for (Path spec : specs) {
      String text = Files.readString(spec);
      for (Path policy : policies) {
        String name = spec.getFileName() + " under " + policy.getFileName();
        compare(new Project(name, text, Files.readString(policy), List.of()));
        compare(new Project(name, text, Files.readString(policy), granted));
      }
    }
  }

  @Test
  void for_policies_and_waivers_that_differ_in_one_thing() {
    String v1 =
        POLICY
            .replace("edit_rules:", "waivers:")
            .replace("  tests-pass: {enabled: true, mode: block}\n", "");
    List<String> policies =
        List.of(
            POLICY,
            v1,
            v1.replace("version: 1", "version: 2"),
            v1.replace("version: 1", "surprise: 1"),
            v1.replace("max_loc: 100}", "max_loc: 100, label: x}"),
            v1.replace("god_object", "my_own_gate"),
            POLICY.replace(
                "budget_limit: {enabled: true, mode: block}", "budget_limit: {mode: warn}"),
            POLICY.replace(
                "scope_boundary: {enabled: true, mode: block}", "scope_boundary: {mode: skip}"),
            POLICY.replace("max_files: 10", "max_files: 2"),
            POLICY.replace("  '2': {max_files: 10, max_loc: 300}\n", ""),
            POLICY.replace("gates:", "checks:"),
            "- no policy");
    List<List<String>> waivers =
        List.of(
            List.of(),
            List.of(WAIVER),
            List.of(WAIVER.replace("[budget_limit]", "[budget_limit, scope_boundary]")),
            List.of(WAIVER.replace("[budget_limit]", "[scope_boundary]")),
            List.of(WAIVER.replace("2026-07-01", "2026-06-01")),
            List.of(WAIVER + "tenant: other\n"),
            List.of(WAIVER.replace("handle: alan", "handle: '@Grace'")),
            List.of(WAIVER + "constraints: {max_uses: 0}\n"),
            List.of("{"));
    for (String spec : List.of(SPEC, SPEC_V1, SPEC_V1.replace("state: active", "state: draft"))) {
      for (String policy : policies) {
        for (List<String> granted : waivers) {
          compare(new Project(spec + policy, spec, policy, granted));
        }
      }
    }
  }
}
