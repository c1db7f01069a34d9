/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.internal.project.Clauses;
import dev.arbiter.caws.internal.text.Document;
import dev.arbiter.caws.internal.text.FieldReader;
import dev.arbiter.caws.internal.text.JsonBytes;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.StrictBase64;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.caws.provenance.Checkpoint;
import dev.arbiter.caws.provenance.LogFolder;
import dev.arbiter.caws.provenance.LogVerification;
import dev.arbiter.caws.provenance.ProvenanceLog;
import dev.arbiter.caws.provenance.ProvenanceLog.InclusionProof;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.caws.provenance.Withdrawal;
import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Verifies verdicts with a public key alone.
 *
 * <p>A verdict is genuine if its document was signed, on its own or through a checkpoint of its
 * log; if the digest is the document's; if the document is canonical, so that no two parsers read
 * it differently; and if it agrees with the {@link Verdict}.
 *
 * <p>Thread-safe. Verifying costs about a millisecond. No argument makes it throw.
 */
public final class VerdictVerifier {
  private static final int SIGNATURE_LENGTH = 64;

  private final PublicKey key;
  private final String keyId;

  private VerdictVerifier(PublicKey key) {
    this.key = key;
    this.keyId = SigningKey.idOf(key);
  }

  /**
   * Creates a verifier.
   *
   * @param key an Ed25519 public key, from a trusted source
   * @return a verifier
   * @throws IllegalArgumentException if the key is of another kind
   */
  public static VerdictVerifier of(PublicKey key) {
    if (!SigningKey.isEd25519(key)) {
      throw new IllegalArgumentException("the public key is not Ed25519 but " + key.getAlgorithm());
    }
    return new VerdictVerifier(key);
  }

  /**
   * Verifies a seal that was signed on its own.
   *
   * @param seal the seal
   * @return genuine or refused
   */
  public VerificationResult verify(Seal seal) {
    String problem = signatureProblem(seal);
    return answer(problem.isEmpty() ? ownProblem(seal, null) : problem);
  }

  /**
   * Verifies a verdict that was signed on its own.
   *
   * @param verdict the verdict
   * @return genuine or refused
   */
  public VerificationResult verify(Verdict verdict) {
    String problem = signatureProblem(verdict.seal());
    return answer(problem.isEmpty() ? ownProblem(verdict.seal(), verdict) : problem);
  }

  /**
   * Verifies a verdict that a signed checkpoint covers.
   *
   * <p>The document may name an earlier key of the log: the checkpoint's key vouches for all
   * entries before a rotation.
   *
   * @param verdict the verdict
   * @param proof its place in the log
   * @param note the checkpoint's {@link Checkpoint#note()}
   * @return genuine or refused
   */
  public VerificationResult verify(Verdict verdict, InclusionProof proof, String note) {
    Checkpoint checkpoint = Checkpoint.open(note, key).orElse(null);
    if (checkpoint == null) {
      return answer("the checkpoint was not signed by " + keyId);
    }
    if (!ProvenanceLog.verify(verdict.seal().document(), proof, checkpoint)) {
      return answer("the proof does not lead from this document to the checkpoint's root");
    }
    return answer(documentProblem(verdict.seal(), verdict));
  }

  /**
   * Verifies that a result's verdict is genuine and is about this result: every component of its
   * task (id, tenant, type, spec, payload and the others), its agent and attempt, and every
   * component of its report (output, changes, evidence, usage). The verdict must be signed on its
   * own and must pass the work. A genuine verdict of other work is refused; a verdict that is
   * presented twice for the same work is genuine twice.
   *
   * <p>A task that names its spec by id binds that id; the text behind it is bound by {@link
   * SealedVerdict#specDigest()}, for a verifier who knows it.
   *
   * @param result a result of an arbiter
   * @return genuine or refused
   */
  public VerificationResult verify(TaskResult.Completed result) {
    VerificationResult checked = verify(result.verdict());
    return checked.isGenuine() ? answer(audienceProblem(result)) : checked;
  }

  /**
   * Verifies the same for a verdict that a signed checkpoint covers. The log may have withdrawn the
   * verdict after that checkpoint: {@link #verify(TaskResult.Completed, LogFolder)} sees that.
   *
   * @param result a result of an arbiter
   * @param proof the place of its verdict in the log
   * @param note the checkpoint's {@link Checkpoint#note()}
   * @return genuine or refused
   */
  public VerificationResult verify(TaskResult.Completed result, InclusionProof proof, String note) {
    VerificationResult checked = verify(result.verdict(), proof, note);
    return checked.isGenuine() ? answer(audienceProblem(result)) : checked;
  }

  /**
   * Verifies the same against the whole log: the verdict is in it, its checkpoint covers it, and no
   * entry withdraws it. A verdict is withdrawn if the end of its task could not be kept.
   *
   * @param result a result of an arbiter
   * @param log the log, read with any key; its checkpoint must be signed by this verifier's
   * @return genuine or refused
   */
  public VerificationResult verify(TaskResult.Completed result, LogFolder log) {
    LogVerification state = log.verify(List.of());
    if (state instanceof LogVerification.Damaged damaged) {
      return answer("the log is damaged: " + damaged.where() + " " + damaged.reason());
    }
    Seal seal = result.verdict().seal();
    Withdrawal withdrawn = log.withdrawal(seal).orElse(null);
    if (withdrawn != null) {
      return answer("the verdict was withdrawn at " + withdrawn.at() + ": " + withdrawn.reason());
    }
    InclusionProof proof = log.prove(seal).orElse(null);
    Checkpoint checkpoint = log.checkpoint().orElse(null);
    return proof == null || checkpoint == null
        ? answer("the log has no such verdict, or its checkpoint does not cover it")
        : verify(result, proof, checkpoint.note());
  }

  private static String audienceProblem(TaskResult.Completed result) {
    Task task = result.task();
    String document = result.verdict().seal().document();
    SealedVerdict sealed = SealedVerdict.read(document).orElse(null);
    if (sealed == null) {
      return "the document is not a verdict's";
    }
    if (!sealed.passed()) {
      return "the verdict denies the work, and the result says that it is completed";
    }
    if (!sealed.task().equals(task.id()) || !sealed.tenant().equals(task.tenant())) {
      return "the verdict is about task '"
          + Sanitizer.text(sealed.task(), 80)
          + "' of tenant '"
          + Sanitizer.text(sealed.tenant(), 80)
          + "'";
    }
    if (!sealed.agent().equals(result.agent())) {
      return "the verdict is about work by '" + Sanitizer.text(sealed.agent(), 80) + "'";
    }
    if (sealed.attempt() != result.attempts()) {
      return "the verdict is about attempt " + sealed.attempt() + ", not " + result.attempts();
    }
    WorkDigest work = new WorkDigest();
    byte[] changes = work.of(result.report().changes());
    if (!sealed.changeDigest().equals(Digests.named(changes))) {
      return "the verdict is about other changes";
    }
    if (!isAbout(document, VerdictSerializer.REPORT, work.of(result.report(), changes))) {
      return "the verdict is about another report: output, evidence or usage differ";
    }
    return isAbout(document, VerdictSerializer.TASK, work.of(task))
        ? ""
        : "the verdict is about another task of that id: its type, spec, payload, capabilities,"
            + " priority, deadline or idempotency key differ";
  }

  /**
   * Whether a verdict names this digest as that of its subject; one without it is about nothing.
   */
  private static boolean isAbout(String document, String subject, byte[] digest) {
    try {
      Node statement = Document.json(document);
      return statement != null
          && SealedVerdict.subject(statement, subject).equals(Digests.named(digest));
    } catch (Unreadable e) {
      return false;
    }
  }

  private VerificationResult answer(String problem) {
    return problem.isEmpty()
        ? new VerificationResult.Genuine(keyId)
        : new VerificationResult.Refused(problem);
  }

  private String signatureProblem(Seal seal) {
    if (seal.signature().isEmpty()) {
      return "the verdict is not signed on its own; check it with its proof and a checkpoint";
    }
    if (!seal.keyId().equals(keyId)) {
      return "the seal names key " + Sanitizer.text(seal.keyId(), 80) + ", this is " + keyId;
    }
    byte[] signature = StrictBase64.decode(seal.signature());
    if (signature == null || signature.length != SIGNATURE_LENGTH) {
      return "the signature is not the Base64 of exactly 64 bytes";
    }
    byte[] document = seal.document().getBytes(StandardCharsets.UTF_8);
    return SigningKey.verify(key, document, signature)
        ? ""
        : "the signature does not fit the document";
  }

  /** A document that was signed on its own must name the key that signed it. */
  private String ownProblem(Seal seal, @Nullable Verdict verdict) {
    String problem = documentProblem(seal, verdict);
    boolean named =
        SealedVerdict.read(seal.document()).filter(v -> v.keyId().equals(keyId)).isPresent();
    return problem.isEmpty() && !named ? "the document names another key" : problem;
  }

  private static String documentProblem(Seal seal, @Nullable Verdict verdict) {
    if (!Digests.named(seal.document()).equals(seal.digest())) {
      return "the digest is not that of the document";
    }
    try {
      if (!(Document.json(seal.document()) instanceof Node.Fields statement)
          || !isCanonical(statement, seal.document())) {
        return "the document is not canonical JSON";
      }
      if (!SealedVerdict.isVerdict(statement)) {
        return "the document is not the statement of a verdict";
      }
      String version = SealedVerdict.version(statement);
      if (!version.equals(VerdictSerializer.VERSION)) {
        return "the document is of version '" + Sanitizer.text(version, 40) + "'";
      }
      return verdict == null ? "" : disagreement(statement.field("predicate"), verdict);
    } catch (Unreadable e) {
      return "the document " + e.reason();
    }
  }

  /** The first difference between document and verdict; empty when they agree. */
  private static String disagreement(Node root, Verdict verdict) {
    String word = word(verdict);
    if (!root.text("verdict").equals(word)) {
      return "the document says "
          + Sanitizer.text(root.text("verdict"), 40)
          + ", the verdict says "
          + word;
    }
    if (verdict.passed() && verdict.quality() != quality(root.field("quality"))) {
      return "the verdict's quality is not the document's";
    }
    List<String> waivers = verdict instanceof Verdict.Waived waived ? waived.waivers() : List.of();
    List<Node> applied = root.field("waivers").field("applied").items();
    if (verdict.passed() && !waivers.equals(applied.stream().map(w -> w.text("id")).toList())) {
      return "the verdict's waivers are not the document's";
    }
    return isSame(root.field("findings").items(), verdict.findings())
        ? ""
        : "the verdict's findings are not the document's";
  }

  private static String word(Verdict verdict) {
    return verdict.match(
        approved -> Judgement.Outcome.APPROVED.word,
        waived -> Judgement.Outcome.WAIVED.word,
        denied -> Judgement.Outcome.DENIED.word);
  }

  private static double quality(Node quality) {
    Long evaluated = FieldReader.whole(quality.field("evaluated"));
    Long passed = FieldReader.whole(quality.field("passed"));
    return evaluated == null || passed == null
        ? Double.NaN
        : Judgement.quality(passed.intValue(), evaluated.intValue());
  }

  private static boolean isSame(List<Node> sealed, List<Finding> findings) {
    boolean same = sealed.size() == findings.size();
    for (int i = 0; same && i < sealed.size(); i++) {
      same = isSame(sealed.get(i), findings.get(i));
    }
    return same;
  }

  private static boolean isSame(Node sealed, Finding finding) {
    Long line = FieldReader.whole(sealed.field("line"));
    return sealed.text("ruleId").equals(finding.ruleId())
        && sealed.text("place").equals(finding.place())
        && sealed.text("message").equals(finding.message())
        && sealed.text("severity").equals(Clauses.word(finding))
        && (line == null ? 0 : line) == finding.line();
  }

  private static boolean isCanonical(Node statement, String document) {
    JsonBytes again = new JsonBytes();
    write(statement, again);
    return again.text().equals(document);
  }

  /** Writes a tree canonically; documents hold no other numbers than whole ones. */
  private static void write(Node node, JsonBytes to) {
    if (node instanceof Node.Fields fields) {
      char before = '{';
      for (Map.Entry<String, Node> entry : new TreeMap<>(fields.values()).entrySet()) {
        to.raw(before).string(entry.getKey()).raw(':');
        write(entry.getValue(), to);
        before = ',';
      }
      to.raw(before == '{' ? "{}" : "}");
    } else if (node instanceof Node.Items items) {
      char before = '[';
      for (Node item : items.values()) {
        to.raw(before);
        write(item, to);
        before = ',';
      }
      to.raw(before == '[' ? "[]" : "]");
    } else if (node instanceof Node.Text text) {
      to.string(text.value());
    } else if (node instanceof Node.Whole whole) {
      to.number(whole.value());
    } else if (node instanceof Node.Flag flag) {
      to.raw(Boolean.toString(flag.value()));
    } else {
      to.raw("null");
    }
  }

  /** The result of verifying a verdict. */
  public sealed interface VerificationResult {

    /**
     * The holder of the key sealed this verdict.
     *
     * @param keyId the key of the signature
     */
    record Genuine(String keyId) implements VerificationResult {}

    /**
     * The verdict must not be trusted.
     *
     * @param reason the first thing that does not fit
     */
    record Refused(String reason) implements VerificationResult {}

    /** {@return whether the verdict may be trusted; true when genuine} */
    default boolean isGenuine() {
      return this instanceof Genuine;
    }
  }
}
