/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.assignment;
import static dev.arbiter.caws.Fixtures.caws;
import static dev.arbiter.caws.Fixtures.report;
import static dev.arbiter.caws.Fixtures.rules;
import static dev.arbiter.caws.Fixtures.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.internal.project.Glob;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport.FileChange;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeTest {
  private static Verdict touching(String scope, String path) {
    return touching(caws().build(), scope, path);
  }

  private static Verdict touching(Caws caws, String scope, String path) {
    String spec = SPEC.replace("in: [src/, docs/*.md]\n  out: [src/generated/]", scope);
    return caws.judge(assignment(caws, task(spec), "ada"), report(new FileChange(path, 1, 0)));
  }

  @ParameterizedTest
  @CsvSource({
    "src, src/A.java, true",
    "src/, src/a/b/C.java, true",
    "src, src, true",
    "./src, src/A.java, true",
    "src, srcs/A.java, false",
    "src, a/src/A.java, false",
    "src, SRC/A.java, false",
    "'*.md', README.md, true",
    "'*.md', docs/README.md, false",
    "'**/*.md', README.md, true",
    "'**/*.md', a/b/README.md, true",
    "'src/*', src/A.java, true",
    "'src/*', src/a/B.java, false",
    "'src/**', src/a/B.java, true",
    "'src/**', src2/B.java, false",
    "'src/*/', src/a/B.java, true",
    "'src/*/', src/B.java, false",
    "'a/**/z', a/z, true",
    "'a/**/z', a/b/c/z, true",
    "'a/**/z', a/b/zz, false",
    "'a/**/b/*.c', a/b/b/x.c, true",
    "'a/**/b/*.c', a/b/x/y.c, false",
    "'a?c', abc, true",
    "'a?c', a/c, false",
    "'*a*b', xaxbxb, true",
    "'app/[slug]/page.tsx', 'app/[slug]/page.tsx', true",
    "'app/[slug]/page.tsx', app/s/page.tsx, false",
    "'src/*.{ts,tsx}', src/a.tsx, true",
    "'src/*.{ts,tsx}', src/a.js, false",
    "'**', .github/workflows/x.yml, true",
    "'f.java (new file)', f.java, false"
  })
  void a_pattern_covers_what_it_says(String pattern, String path, boolean covered) {
    Verdict verdict = touching("in: ['" + pattern + "']", path);

    assertThat(verdict.passed()).isEqualTo(covered);
  }

  @Test
  void out_beats_in_whatever_the_case() {
    String scope = "in: ['**']\n  out: [secret/]";

    assertThat(rules(touching(scope, "secret/key").findings()))
        .containsExactly("scope.reject.scope_out");
    assertThat(rules(touching(scope, "SECRET/key").findings()))
        .containsExactly("scope.reject.scope_out");
    assertThat(touching(scope, "secrets/key").passed()).isTrue();
  }

  @Test
  void braces_without_a_comma_are_part_of_a_name() {
    String scope = "in: ['api/**', 'p/{id}.yaml']\n  out: ['api/admin_{id}.yaml', 'api/{a,b}']";

    assertThat(rules(touching(scope, "api/admin_{id}.yaml").findings()))
        .containsExactly("scope.reject.scope_out");
    assertThat(touching(scope, "api/b").passed()).isFalse();
    assertThat(touching(scope, "api/user_{id}.yaml").passed()).isTrue();
    assertThat(touching(scope, "p/{id}.yaml").passed()).isTrue();
    assertThat(touching(scope, "p/id.yaml").passed()).isFalse();
  }

  @Test
  void support_is_allowed_and_the_root_must_be_named() {
    String scope = "in: [src/]\n  support: [README.md]";
    Caws passing =
        Caws.builder()
            .policy(Fixtures.POLICY + "root_passthrough: [LICENSE]\n")
            .sources(Fixtures.sources())
            .sealHashedOnly()
            .build();

    assertThat(touching(scope, "README.md").passed()).isTrue();
    assertThat(rules(touching(scope, "LICENSE").findings()))
        .containsExactly("scope.reject.root_not_allowed");
    assertThat(touching(passing, scope, "LICENSE").passed()).isTrue();
    assertThat(rules(touching(scope, "lib/x").findings()))
        .containsExactly("scope.reject.scope_in_miss");
  }

  @Test
  void zones_nobody_governs_are_free_unless_the_spec_shuts_them_out() {
    Caws caws =
        Caws.builder()
            .policy(Fixtures.POLICY + "non_governed_zones: ['notes/**']\n")
            .sources(Fixtures.sources())
            .sealHashedOnly()
            .build();

    assertThat(touching(caws, "in: [src/]", "notes/a.txt").passed()).isTrue();
    assertThat(touching(caws, "in: [src/]\n  out: [notes/]", "notes/a.txt").passed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".caws/policy.yaml",
        ".caws/waivers/WV-0001.yaml",
        ".CAWS/policy.yaml",
        "a/.caws/x",
        ".git/hooks/pre-commit",
        ".GIT/config",
        "sub/.git/config",
        "git~1/config",
        "./.caws/x"
      })
  void the_rules_themselves_are_never_in_scope_by_a_wildcard(String path) {
    assertThat(rules(touching("in: ['**']", path).findings()))
        .containsExactly("scope.integrity.governed_path");
  }

  @Test
  void a_spec_may_name_a_place_below_the_rules_but_not_below_git() {
    assertThat(touching("in: [.caws/specs/FEAT-001.yaml]", ".caws/specs/FEAT-001.yaml").passed())
        .isTrue();
    assertThat(touching("in: [.caws/specs/]", ".caws/policy.yaml").passed()).isFalse();
    assertThat(touching("in: [.git/hooks/]", ".git/hooks/pre-commit").passed()).isFalse();
    assertThat(touching("in: ['**']", ".gitignore").passed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "//server/share/x",
        "../outside",
        "src/../../outside",
        "src/../../../etc/passwd",
        "./../outside",
        "src/./../../outside",
        "..",
        ".",
        "/",
        "src/..",
        "src/link/../a",
        "C:\\Windows\\x",
        "C:/Windows/x",
        "C:x",
        "src\\..\\..\\outside",
        "src/..\\..\\outside",
        "\\\\server\\share",
        "~/.ssh/id",
        "~root/x",
        "./~root/x",
        "src/../~/.ssh/id",
        "src/a\u0000.java",
        "src/%2e%2e/%2e%2e/x",
        "src/..%2f..%2fx",
        "src/%5c..%5cx",
        "src/%00",
        "src/%252e%252e/x",
        "src/%c0%ae%c0%ae/x",
        "src/\uff0e\uff0e/x",
        "src\uff0f..\uff0fx",
        "src/\u2025/x",
        "src/a\u2215b",
        "src/file:///etc/passwd",
        "src/x::$DATA",
        "src/.../x",
        "src/.. /x",
        "src/x. /y",
        "src/x./y",
        "src/ ../x",
        "src/a\nb",
        "src/a\u202egpj.exe",
        "src/\u200b../x",
        "src/\ud800x",
        "src/\udc00x",
        "src/x\ud800",
        "src/x\udb40\udc41y",
        "src/x\u00ady",
        "src/x\u001b[2J"
      })
  void a_path_that_could_lead_elsewhere_is_refused(String path) {
    Verdict verdict = touching("in: ['**', src/]", path);

    assertThat(rules(verdict.findings())).containsExactly("scope.invalid_path");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "src/a b.txt",
        "src/\u00e9t\u00e9.txt",
        "src/e\u0301.txt",
        "src/\ud83d\ude00.md",
        "src//a",
        "src/./a",
        "./src/a",
        "src/a/",
        "src/..a",
        "src/a..b",
        "src/100%.txt",
        "src/a~",
        "src/.hidden",
        "src/a'b\"c",
        "src/$x",
        "src/a#b;c&d"
      })
  void an_odd_path_that_stays_inside_is_looked_at_like_any_other(String path) {
    assertThat(touching("in: [src/]", path).passed()).isTrue();
    assertThat(touching("in: [lib/]", path).passed()).isFalse();
  }

  @Test
  void composed_and_decomposed_letters_are_one_file() {
    assertThat(touching("in: ['**']\n  out: ['\u00e9t\u00e9']", "e\u0301te\u0301/x").passed())
        .isFalse();
  }

  @Test
  void findings_for_many_paths_are_bounded_and_still_deny() {
    List<FileChange> changes = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      changes.add(new FileChange("lib/F" + i, 0, 0));
    }
    Caws caws = caws().build();

    Verdict verdict = Fixtures.judge(caws, report(changes.toArray(FileChange[]::new)));

    assertThat(verdict.passed()).isFalse();
    assertThat(verdict.findings()).hasSizeLessThanOrEqualTo(Findings.MOST + 2);
  }

  /** Counts nothing but the answer; that it comes at all within the test's time is the point. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "*a*a*a*a*a*a*a*a*a*a*b", "**/*a*a*a*a*a*a*b", "**/a/**/a/**/a/**/a/**/b", "*?*?*?*?*?*?b",
        "**/**/**/**/**/b", "a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "*/*/*/*/*/*/*/*/b", "**/*/**/*/**/b",
        "?*?*?*?*?*?*?*b", "**/a*/**/*a/**/*a*b", "*aa*aa*aa*aa*b", "**/*?a*?a*?a*?a*b"
      })
  void slow_patterns_are_not_slow_here(String pattern) throws Unreadable {
    Glob glob = Glob.of(pattern);

    assertThat(glob.matches("a".repeat(4000))).isFalse();
    assertThat(glob.matches("a/".repeat(1999) + "a")).isFalse();
  }

  /** 20,000 random pairs over a small alphabet against the plain recursive definition. */
  @Test
  void matching_agrees_with_the_definition() throws Unreadable {
    SplittableRandom random = new SplittableRandom(11);
    int matched = 0;
    for (int i = 0; i < 20_000; i++) {
      String[] globs = random(random, new String[] {"a", "b", "*", "**", "?", "a*", "*b", "a*b"});
      String[] path = random(random, new String[] {"a", "b", "ab", "aab", "ba"});
      if (!Glob.isGlob(String.join("/", globs))) {
        continue;
      }
      boolean expected = defined(globs, 0, path, 0);
      matched += expected ? 1 : 0;

      assertThat(Glob.of(String.join("/", globs)).matches(String.join("/", path)))
          .as("%s on %s", List.of(globs), List.of(path))
          .isEqualTo(expected);
    }
    assertThat(matched).isGreaterThan(1000);
  }

  private static String[] random(SplittableRandom random, String[] from) {
    String[] picked = new String[random.nextInt(1, 6)];
    for (int i = 0; i < picked.length; i++) {
      picked[i] = from[random.nextInt(from.length)];
    }
    return picked;
  }

  private static boolean defined(String[] globs, int g, String[] path, int p) {
    if (g == globs.length) {
      return p == path.length;
    }
    if (globs[g].equals("**")) {
      boolean last = true;
      for (int rest = g; rest < globs.length; rest++) {
        last &= globs[rest].equals("**");
      }
      if (last) {
        return p < path.length;
      }
      return defined(globs, g + 1, path, p) || (p < path.length && defined(globs, g, path, p + 1));
    }
    return p < path.length
        && defined(globs[g], 0, path[p], 0)
        && defined(globs, g + 1, path, p + 1);
  }

  private static boolean defined(String glob, int g, String text, int t) {
    if (g == glob.length()) {
      return t == text.length();
    }
    if (glob.charAt(g) == '*') {
      return defined(glob, g + 1, text, t) || (t < text.length() && defined(glob, g, text, t + 1));
    }
    return t < text.length()
        && (glob.charAt(g) == '?' || glob.charAt(g) == text.charAt(t))
        && defined(glob, g + 1, text, t + 1);
  }
}
