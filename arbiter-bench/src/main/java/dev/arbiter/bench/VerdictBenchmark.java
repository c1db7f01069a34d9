/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.Caws;
import dev.arbiter.caws.provenance.ProvenanceLog;
import dev.arbiter.caws.provenance.ProvenanceLog.InclusionProof;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.caws.rules.ConstitutionalRules;
import dev.arbiter.task.Admission;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Measures judgements, their signatures, and proofs from a log of a million verdicts. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class VerdictBenchmark {
  private static final int BATCH = 256;
  private static final int NEVER = 1 << 30;

  /** A constitution and work for it to judge, two files. */
  @State(Scope.Thread)
  public static class Small {
    final WorkReport report = BenchSpec.report();
    final Judge each = new Judge(BenchSpec.caws());
    final Judge batched = new Judge(BenchSpec.caws().sealInBatches(BATCH));
    final Judge hashed = new Judge(BenchSpec.caws().sealHashedOnly());
  }

  /** The same with fifty files, four gates that all pass, and a log that signs nothing. */
  @State(Scope.Thread)
  public static class Full {
    private static final int FILES = 50;
    private static final String POLICY =
        """
        version: 1
        risk_tiers:
          '2': {max_files: 60, max_loc: 3000}
        gates:
          budget_limit: {enabled: true, mode: block}
          spec_completeness: {enabled: true, mode: block}
          scope_boundary: {enabled: true, mode: block}
          tests-pass: {enabled: true, mode: block}
        """;

    final WorkReport report = report();
    final Judge logged = new Judge(BenchSpec.caws().policy(POLICY).sealInBatches(NEVER));
    final Judge ruled =
        new Judge(
            BenchSpec.caws()
                .policy(POLICY)
                .rules(ConstitutionalRules.defaults())
                .sealInBatches(NEVER));

    private static WorkReport report() {
      List<FileChange> changes = new ArrayList<>();
      for (int i = 0; i < FILES; i++) {
        changes.add(new FileChange("src/parser/part" + i % 7 + "/File" + i + ".java", 12, 9));
      }
      List<Evidence> evidence = List.of(Evidence.of("tests_pass", true, "120 of 120"));
      return new WorkReport("done", changes, evidence, Usage.none());
    }
  }

  /** A constitution, and an assignment it admitted. */
  static final class Judge {
    private final Caws caws;
    private final Assignment assignment;

    Judge(Caws.Builder builder) {
      this.caws = builder.key(SigningKey.fromSeed(new byte[32])).build();
      Task task = Task.builder("refactor").id("T-1").spec(SpecRef.id(BenchSpec.SPEC_ID)).build();
      if (!(caws.admit(task) instanceof Admission.Admitted admitted)) {
        throw new IllegalStateException("refused: " + caws.admit(task).findings());
      }
      this.assignment =
          new Assignment(task, "ada", 1, admitted.specDigest(), Duration.ofMinutes(1));
    }

    Verdict judge(WorkReport report) {
      Verdict verdict = caws.judge(assignment, report);
      if (!verdict.passed()) {
        throw new IllegalStateException("denied: " + verdict.findings());
      }
      return verdict;
    }
  }

  /** A log of a million entries. */
  @State(Scope.Benchmark)
  public static class Million {
    /** Number of entries. */
    @Param("1000000")
    public int entries;

    final ProvenanceLog log = ProvenanceLog.create("bench/log", SigningKey.fromSeed(new byte[32]));
    private final SplittableRandom random = new SplittableRandom(1);

    /** Fills the log. */
    @Setup
    public void fill() {
      for (int i = 0; i < entries; i++) {
        log.append("entry " + i);
      }
    }

    int index() {
      return random.nextInt(entries - 1);
    }
  }

  /** A judgement without any signature. */
  @Benchmark
  public Verdict hashedOnly(Small small) {
    return small.hashed.judge(small.report);
  }

  /** A signature for each verdict. */
  @Benchmark
  public Verdict signedOneByOne(Small small) {
    return small.each.judge(small.report);
  }

  /** The JDK's Ed25519, with a statement of ordinary size. */
  @State(Scope.Thread)
  public static class Jdk {
    private static final int STATEMENT = 1_400;

    private final byte[] statement = new byte[STATEMENT];

    @SuppressWarnings("NullAway.Init") // JMH calls make() before anything else
    private Signature signature;

    @SuppressWarnings("NullAway.Init") // as above
    private PrivateKey key;

    /** Makes a key. */
    @Setup
    public void make() throws GeneralSecurityException {
      signature = Signature.getInstance("Ed25519");
      key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();
    }
  }

  /** Peer: one bare signature of the JDK. */
  @Benchmark
  public byte[] jdkSignature(Jdk jdk) throws GeneralSecurityException {
    jdk.signature.initSign(jdk.key);
    jdk.signature.update(jdk.statement);
    return jdk.signature.sign();
  }

  /** A signature for 256 verdicts. */
  @Benchmark // promise: at least 100 times as many as one by one
  public Verdict signedInBatches(Small small) {
    return small.batched.judge(small.report);
  }

  /** Budget, scope of 50 files, four gates, hash, log. */
  @Benchmark // promise: at most 20 us CPU
  public Verdict fullJudgement(Full full) {
    return full.logged.judge(full.report);
  }

  /** The same under the twelve constitutional rules. */
  @Benchmark
  public Verdict fullJudgementUnderRules(Full full) {
    return full.ruled.judge(full.report);
  }

  /** Proves that a verdict is in a log of a million. */
  @Benchmark // promise: under 1 ms
  public InclusionProof inclusionProof(Million million) {
    return million.log.proof(million.index(), million.entries);
  }

  /** Proves that a shorter log is the start of a log of a million. */
  @Benchmark // promise: under 1 ms
  public List<String> consistencyProof(Million million) {
    return million.log.consistency(million.index() + 1, million.entries);
  }
}
