/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.Fixtures;
import dev.arbiter.caws.export.Envelope;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against the real git command; skipped where there is none. */
class GitTrailTest extends RepositoryFixture {
  private static final String ID = Digests.named("verdict");
  private static final String ENVELOPE = Digests.named("envelope");

  @BeforeEach
  void content() throws Exception {
    Files.writeString(folder.resolve("a.txt"), "a\n");
    git("add", "-A");
  }

  private void commit(String message) throws Exception {
    Path file = Files.writeString(folder.resolve(".message"), message);
    git("commit", "-q", "--allow-empty", "-F", file.toString());
  }

  @Test
  void git_finds_the_trailer_of_every_message() throws Exception {
    GitTrail trail = GitTrail.of(folder);
    for (String message :
        List.of(
            "Subject",
            "Subject\n\nBody that: says something\nin two lines\n",
            "Subject\n\nBody\n\nSigned-off-by: Ada <ada@example.invalid>\nRefs: 7\n",
            "Subject\n\nBody\n\n\u00c4nderung: no trailer to git\n",
            "Subject\n\nBody\n\n\u0662: nor this\n",
            "Fix: a subject like a trailer")) {
      commit(GitTrail.withTrailer(message, ID));

      assertThat(trail.verdictIds("HEAD")).as(message).containsExactly(ID);
    }
    String once = GitTrail.withTrailer("Subject", ID);
    assertThat(GitTrail.withTrailer(once, ID)).isEqualTo(once);
    commit(GitTrail.withTrailer(once, ENVELOPE));
    assertThat(trail.verdictIds("HEAD")).containsExactly(ID, ENVELOPE);
  }

  @Test
  void a_note_names_the_envelope_of_a_real_verdict() throws Exception {
    Verdict verdict = Fixtures.judge(Fixtures.caws().build(), Fixtures.goodReport());
    Envelope envelope = Envelope.sign(verdict.seal().document(), Fixtures.key());
    commit(GitTrail.withTrailer("Subject", verdict.seal().digest()));
    GitTrail trail = GitTrail.of(folder);

    assertThat(trail.noted("HEAD")).isEmpty();
    trail.note("HEAD", verdict.seal().digest(), envelope.digest());
    trail.note("HEAD", verdict.seal().digest(), envelope.digest());

    assertThat(trail.noted("HEAD").orElseThrow().lines())
        .containsExactly(
            "CAWS-VERDICT-ID: " + verdict.seal().digest(),
            "CAWS-ENVELOPE-DIGEST: " + envelope.digest());
    assertThat(envelope.digest()).isEqualTo(Digests.named(envelope.json()));
  }

  @Test
  void another_note_is_left_as_it_is() throws Exception {
    commit("Subject");
    GitTrail trail = GitTrail.of(folder);
    trail.note("HEAD", ID, ENVELOPE);

    assertThatThrownBy(() -> trail.note("HEAD", ENVELOPE, ID))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another note");
    assertThat(trail.noted("HEAD").orElseThrow()).contains("CAWS-VERDICT-ID: " + ID);
  }

  @Test
  void a_commit_is_read_under_its_own_id_whatever_replaces_it() throws Exception {
    commit("Honest");
    git("branch", "honest");
    commit(GitTrail.withTrailer("Forged", ID));
    GitTrail trail = GitTrail.of(folder);
    trail.note("HEAD", ID, ENVELOPE);
    git("replace", "-f", "honest", "HEAD");

    assertThat(trail.verdictIds("honest")).isEmpty();
    assertThat(trail.noted("honest")).isEmpty();
    assertThat(trail.verdictIds("HEAD")).containsExactly(ID);
  }

  /** Git fetches an object that is not there from such a remote, by the program it names. */
  @Test
  void an_object_that_is_missing_runs_no_program() throws Exception {
    commit("Subject");
    GitTrail trail = GitTrail.of(folder);
    Path ran = folder.resolve("ran");
    git("config", "extensions.partialClone", "x");
    git("config", "remote.x.promisor", "true");
    git("config", "remote.x.url", folder.toString());
    git("config", "remote.x.uploadpack", "touch " + ran + "; false");
    Files.writeString(folder.resolve(".git/refs/heads/gone"), "1".repeat(40) + "\n");

    assertThatThrownBy(() -> trail.verdictIds("gone")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> trail.verdictIds("1".repeat(40)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(ran).doesNotExist();
  }

  @Test
  void wrong_input_is_refused() throws Exception {
    commit("Subject");
    GitTrail trail = GitTrail.of(folder);
    Path other = Files.createTempDirectory("no-repository");

    assertThatThrownBy(() -> GitTrail.of(other)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> GitTrail.of(other.resolve("missing")))
        .isInstanceOf(IllegalArgumentException.class);
    for (String commit : List.of("", "-x", "0123456789", "HEAD~7", "HEAD:a.txt", "no such")) {
      assertThatThrownBy(() -> trail.note(commit, ID, ENVELOPE))
          .as(commit)
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (String digest : List.of("", "sha256:", ID + "0", ID.toUpperCase(java.util.Locale.ROOT))) {
      assertThatThrownBy(() -> trail.note("HEAD", digest, ENVELOPE))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> trail.note("HEAD", ID, digest + "\n"))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> GitTrail.withTrailer("Subject", digest))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(trail.noted("HEAD")).isEmpty();
  }
}
