/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateCommandTest {
  static final String SPEC =
      """
      id: FEAT-001
      title: Sort the imports
      risk_tier: 2
      mode: feature
      lifecycle_state: active
      blast_radius: {modules: [imports], data_migration: false}
      operational_rollback_slo: 5m
      scope: {in: [src/], out: [src/generated/]}
      invariants: [The build stays green]
      acceptance:
        - {id: A1, given: a file, when: the formatter runs, then: it is sorted}
      non_functional: {}
      contracts: [{name: imports, type: behavior}]
      """;
  static final String POLICY =
      """
      version: 1
      risk_tiers:
        '1': {max_files: 5, max_loc: 100}
        '2': {max_files: 10, max_loc: 300}
        '3': {max_files: 20, max_loc: 800}
      waivers: {min_approvers_for_budget_raise: 2}
      gates:
        budget_limit: {enabled: true, mode: block}
        spec_completeness: {enabled: true, mode: block}
        scope_boundary: {enabled: true, mode: block}
      """;
  static final String WAIVER =
      """
      id: WV-0001
      applies_to: FEAT-001
      gates: [budget_limit]
      delta: {max_files: 5, max_loc: 200}
      created_at: '2026-05-20T00:00:00Z'
      expires_at: '2026-07-01T00:00:00Z'
      approvers: [{handle: grace}, {handle: alan}]
      status: active
      """;

  @TempDir Path folder;
  private Path spec;
  private Path policy;
  private Path waivers;

  @BeforeEach
  void files() throws IOException {
    spec = write("spec.yaml", SPEC);
    policy = write("policy.yaml", POLICY);
    waivers = Files.createDirectory(folder.resolve("waivers"));
    write("waivers/WV-0001.yaml", WAIVER);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Path changes(int files, int lines) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < files; i++) {
      text.append(i == 0 ? lines : 0).append("\t0\tsrc/F").append(i).append("\n");
    }
    return write("changes.txt", text.toString());
  }

  @Test
  void a_good_spec_is_allowed() {
    Run run = Run.of("validate", spec);

    assertThat(run.code()).isZero();
    assertThat(run.out()).isEqualTo(spec + ": allowed FEAT-001 (v1)\n");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void json_has_one_object_a_file_and_nothing_else() throws IOException {
    Path bad = write("bad.yaml", SPEC.replace("risk_tier: 2", "risk_tier: T2"));

    Run run = Run.of("validate", "--format", "json", spec, bad);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.json()).hasSize(2);
    JsonNode good = run.json().get(0);
    assertThat(good.toString())
        .isEqualTo(
            "{\"verdict\":\"allowed\",\"dialect\":\"v1\",\"spec\":\"FEAT-001\",\"findings\":[],"
                + "\"budget\":{\"limit\":null,\"used\":null,\"waiversApplied\":[],"
                + "\"waiversSkipped\":[]}}");
    JsonNode finding = run.json().get(1).get("findings").get(0);
    assertThat(finding.get("ruleId").asText()).isEqualTo("spec.schema.risk_tier.type_rejected");
    assertThat(finding.get("severity").asText()).isEqualTo("error");
    assertThat(finding.get("pointer").asText()).isEqualTo("/risk_tier");
    assertThat(finding.get("line").asInt()).isEqualTo(3);
    assertThat(finding.get("message").asText()).contains("whole number");
  }

  @Test
  void changes_are_held_against_budget_and_waivers() throws IOException {
    Path changes = changes(15, 500);

    Run without =
        Run.of("validate", spec, "--policy", policy, "--changes", changes, "--format=json");
    Run with =
        Run.of(
            "validate",
            spec,
            "--policy",
            policy,
            "--changes",
            changes,
            "--waivers",
            waivers,
            "--format=json");
    Run late =
        Run.of(
            "validate",
            spec,
            "--policy",
            policy,
            "--changes",
            changes,
            "--waivers",
            waivers,
            "--format=json",
            "--now",
            "2026-07-01T00:00:00Z");

    assertThat(List.of(without.code(), with.code(), late.code())).containsExactly(1, 0, 1);
    assertThat(with.json().get(0).get("budget").toString())
        .isEqualTo(
            "{\"limit\":{\"files\":15,\"lines\":500},\"used\":{\"files\":15,\"lines\":500},"
                + "\"waiversApplied\":[\"WV-0001\"],\"waiversSkipped\":[]}");
    assertThat(late.json().get(0).get("budget").get("waiversSkipped").toString())
        .isEqualTo("[{\"id\":\"WV-0001\",\"reason\":\"expired\"}]");
  }

  @Test
  void sarif_names_files_lines_and_rules() throws IOException {
    Path bad = write("a b.yaml", SPEC + "change_budget: {}\n");
    Path changes = changes(15, 500);

    Run run =
        Run.of(
            "validate", bad, spec, "--policy", policy, "--changes", changes, "--format", "sarif");

    assertThat(run.code()).isEqualTo(1);
    JsonNode log = run.json().get(0);
    JsonNode result = log.get("runs").get(0).get("results").get(0);
    assertThat(log.get("version").asText()).isEqualTo("2.1.0");
    assertThat(result.get("ruleId").asText())
        .isEqualTo("spec.schema.forbidden_field.change_budget");
    assertThat(result.get("level").asText()).isEqualTo("error");
    JsonNode place = result.get("locations").get(0).get("physicalLocation");
    assertThat(place.get("artifactLocation").get("uri").asText())
        .startsWith("file:///")
        .endsWith("/a%20b.yaml");
    assertThat(place.get("region").get("startLine").asInt()).isEqualTo(14);
    JsonNode over = log.get("runs").get(0).get("results").get(1);
    assertThat(over.get("ruleId").asText()).isEqualTo("policy.budget.files_exceeded");
    assertThat(over.toString()).contains("/policy.yaml").contains("\"startLine\":4");
    JsonNode rules = log.get("runs").get(0).get("tool").get("driver").get("rules");
    assertThat(rules.get(over.get("ruleIndex").asInt()).get("id").asText())
        .isEqualTo("policy.budget.files_exceeded");
  }

  @Test
  void input_that_cannot_be_read_is_unusable_and_json_stays_json() throws IOException {
    Path broken = write("broken.yaml", "a: [");
    Path binary = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, 0});
    Path missing = folder.resolve("missing.yaml");

    for (Path file : List.of(broken, binary, missing, folder)) {
      Run run = Run.of("validate", file, "--format", "json");
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.json().get(0).get("verdict").asText()).isEqualTo("unusable");
      assertThat(run.json().get(0).get("findings")).isNotEmpty();
    }
    for (String option : List.of("--policy", "--waivers", "--changes")) {
      Run run = Run.of("validate", spec, option, missing, "--format", "json");
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.json().get(0).get("verdict").asText()).isEqualTo("unusable");
    }
    Run noise = Run.of("validate", spec, "--policy", policy, "--changes", broken, "--format=json");
    assertThat(noise.code()).isEqualTo(2);
    assertThat(noise.json().get(0).get("findings").toString()).contains("changes.unreadable");
    assertThat(Run.of("validate", spec, "--base", "HEAD", "--repository", folder).code())
        .isEqualTo(2);
    write("waivers/x.yaml", "- no waiver");
    assertThat(Run.of("validate", spec, "--waivers", waivers).code()).isEqualTo(2);
  }

  @Test
  void a_wrong_command_line_ends_with_2_and_prints_no_answer() {
    for (String line :
        List.of(
            "",
            "validate",
            "nonsense",
            "validate x --dialect v9",
            "validate x --format xml",
            "validate x --now yesterday",
            "validate x --now 2026-01-01T00:00:00",
            "validate x --changes a --base b",
            "validate x --what")) {
      Run run = Run.of((Object[]) (line.isEmpty() ? new String[0] : line.split(" ", -1)));
      assertThat(run.code()).as(line).isEqualTo(2);
      assertThat(run.out()).as(line).isEmpty();
      assertThat(run.err()).as(line).isNotEmpty();
    }
  }

  @Test
  void a_legacy_spec_can_be_held_to_v1_and_back() throws IOException {
    Path legacy = write("legacy.yaml", SPEC.replace("lifecycle_state: active\n", ""));

    assertThat(Run.of("validate", legacy).code()).isZero();
    assertThat(Run.of("validate", legacy, "--dialect", "legacy").code()).isZero();
    assertThat(Run.of("validate", legacy, "--dialect", "v1").code()).isEqualTo(1);
  }

  @Test
  void help_is_no_error() {
    assertThat(Run.of("--help").code()).isZero();
    assertThat(Run.of("--help").out()).contains("validate", "log", "waiver", "key", "Exit codes");
    assertThat(Run.of("validate", "--help").out()).contains("--changes");
  }

  @Test
  void hostile_text_cannot_forge_a_line_of_the_answer() throws IOException {
    Path hostile =
        write("hostile.yaml", "\"id\\nspec.yaml: allowed FEAT-001 (v1)\": 1\nlifecycle_state: x\n");

    Run run = Run.of("validate", hostile);

    assertThat(run.out().lines()).allMatch(line -> line.startsWith(hostile.toString()));
  }

  private static void git(Path dir, String... arguments) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of("git", "-c", "user.name=t", "-c", "user.email=t@example.invalid"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void a_base_that_moved_on_counts_the_work_alone() throws Exception {
    Path tree = folder.resolve("tree");
    Files.createDirectories(tree.resolve("src"));
    Files.writeString(tree.resolve("src/A"), "1\n");
    git(tree, "init", "-q", "-b", "main");
    git(tree, "add", "-A");
    git(tree, "commit", "-q", "-m", "base");
    git(tree, "checkout", "-q", "-b", "work");
    Files.writeString(tree.resolve("src/A"), "1\n2\n");
    git(tree, "commit", "-q", "-a", "-m", "work");
    git(tree, "checkout", "-q", "main");
    Files.writeString(tree.resolve("src/B"), "x\n".repeat(200));
    git(tree, "add", "-A");
    git(tree, "commit", "-q", "-m", "others");
    git(tree, "checkout", "-q", "work");
    Files.createDirectories(tree.resolve("target"));
    Files.writeString(tree.resolve("target/out"), "made\n");

    Object[] args = {
      "validate", spec, "--policy", policy, "--repository", tree, "--leave-out", "target/"
    };
    Path report = tree.resolve("out.sarif");
    Run run = Run.of(with(args, "--base", "main", "--output", report, "--format", "sarif"));
    Run exact = Run.of(with(args, "--exact-base", "main", "--leave-out", "out.sarif"));

    assertThat(run.code()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(Files.readString(report)).contains("sarif-2.1.0");
    assertThat(Run.of(with(args, "--base", "main", "--leave-out", "out.sarif")).out())
        .contains("1 of 10 files, 1 of 300 lines");
    assertThat(exact.out()).contains("2 of 10 files, 201 of 300 lines");
  }

  @Test
  void an_answer_goes_through_no_link_of_the_work_tree() throws Exception {
    Path tree = Files.createDirectories(folder.resolve("tree"));
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Path victim = Files.writeString(outside.resolve("victim"), "precious\n");
    git(tree, "init", "-q", "-b", "main");
    Files.writeString(tree.resolve("A"), "1\n");
    git(tree, "add", "-A");
    git(tree, "commit", "-q", "-m", "base");
    Files.createSymbolicLink(tree.resolve("out.txt"), victim);
    Files.createSymbolicLink(tree.resolve("new.txt"), outside.resolve("new"));
    Files.createSymbolicLink(tree.resolve("sub"), outside);
    for (String planted : List.of("out.txt", "new.txt", "sub/victim", "sub/other")) {
      for (String base : List.of("--base=main", "--now=2026-01-01T00:00:00Z")) {
        Path output = tree.resolve(planted);

        Run run = Run.of("validate", spec, "--repository", tree, base, "--output", output);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains(output + " is in the work tree, and there a link");
      }
    }
    assertThat(victim).hasContent("precious\n");
    assertThat(outside).isDirectoryContaining(victim::equals);
    assertThat(outside.resolve("new")).doesNotExist();
    assertThat(outside.resolve("other")).doesNotExist();

    // A link of the user's own, outside of the work tree, and one that leads to the tree.
    Path link = Files.createSymbolicLink(folder.resolve("mine"), victim);
    assertThat(Run.of("validate", spec, "--repository", tree, "--output", link).code()).isZero();
    assertThat(victim).content().contains("allowed FEAT-001");
    Path way = Files.createSymbolicLink(folder.resolve("way"), tree);
    Files.delete(tree.resolve("out.txt"));
    Files.delete(tree.resolve("new.txt"));
    Files.delete(tree.resolve("sub"));
    Object[] args = {
      "validate", spec, "--policy", policy, "--repository", way, "--base", "main", "--output"
    };
    assertThat(Run.of(with(args, way.resolve("out.txt"))).code()).isZero();
    assertThat(Run.of(with(args, tree.resolve("out.txt"))).code()).isZero();
    assertThat(tree.resolve("out.txt")).content().contains("0 of 10 files");
  }

  @Test
  void a_way_through_a_link_above_the_work_tree_makes_no_planted_link_good() throws Exception {
    Path real = Files.createDirectories(folder.resolve("real"));
    Path srv = Files.createSymbolicLink(folder.resolve("srv"), real);
    Path again = Files.createSymbolicLink(folder.resolve("again"), srv);
    Path tree = real.resolve("tree");
    Files.createDirectories(tree.resolve("plain"));
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Path victim = Files.writeString(outside.resolve("victim"), "precious\n");
    git(tree, "init", "-q", "-b", "main");
    Files.writeString(tree.resolve("A"), "1\n");
    git(tree, "add", "-A");
    git(tree, "commit", "-q", "-m", "base");
    Files.createSymbolicLink(tree.resolve("out.txt"), victim);
    Files.createSymbolicLink(tree.resolve("sub"), outside);
    Files.createSymbolicLink(tree.resolve("inner"), tree.resolve("plain"));
    Files.createSymbolicLink(tree.resolve("up"), folder);
    Path plain = Files.createSymbolicLink(folder.resolve("to-plain"), tree.resolve("plain"));
    Files.createSymbolicLink(tree.resolve("plain/out.txt"), victim);
    List<Path> bad =
        List.of(
            srv.resolve("tree/out.txt"),
            srv.resolve("tree/sub/victim"),
            srv.resolve("tree/sub/other"),
            srv.resolve("tree/inner/new.txt"),
            srv.resolve("tree/up/outside/victim"),
            srv.resolve("tree/up/real/tree/new.txt"),
            again.resolve("tree/sub/other"),
            srv.resolve("tree/sub/../new.txt"),
            Files.createSymbolicLink(folder.resolve("to-out"), tree.resolve("out.txt")),
            Files.createSymbolicLink(folder.resolve("to-sub"), tree.resolve("sub")).resolve("new"),
            plain.resolve("out.txt"));
    for (Path output : bad) {
      for (Path repository : List.of(tree, srv.resolve("tree"))) {
        Run run =
            Run.of("validate", spec, "--repository", repository, "--base=main", "--output", output);

        assertThat(run.code()).as("%s", output).isEqualTo(2);
        assertThat(run.err()).contains(output + " is in the work tree, and there a link");
      }
    }
    assertThat(victim).hasContent("precious\n");
    assertThat(outside).isDirectoryContaining(victim::equals);
    assertThat(outside.resolve("other")).doesNotExist();

    Object[] args = {
      "validate", spec, "--policy", policy, "--repository", tree, "--base", "main", "--output"
    };
    for (String planted : List.of("plain/out.txt", "out.txt", "sub", "inner", "up")) {
      Files.delete(tree.resolve(planted));
    }
    Path own = Files.createSymbolicLink(folder.resolve("to-new"), tree.resolve("new.txt"));
    for (Path output : List.of(again.resolve("tree/new.txt"), plain.resolve("out.txt"), own)) {
      assertThat(Run.of(with(args, output)).code()).as("%s", output).isZero();
      assertThat(output).content().contains("0 of 10 files");
      Files.delete(output.toRealPath());
    }
    assertThat(Run.of(with(args, srv.resolve("beside.txt"))).code()).isZero();
    assertThat(real.resolve("beside.txt")).content().contains("allowed FEAT-001");
  }

  private static Object[] with(Object[] args, Object... more) {
    Object[] all = java.util.Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return all;
  }

  @Test
  void each_line_of_the_answer_names_the_file_it_is_about() throws IOException {
    Path bad = write("bad-policy.yaml", POLICY.replace("version: 1", "version: 2"));

    Run run = Run.of("validate", spec, "--policy", bad, "--dialect", "v1");

    assertThat(run.out()).contains(bad + ":1: ").doesNotContain(spec + ":1: ");
  }
}
