/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Holds a task to its CAWS working spec, before and after the work, and seals each verdict so that
 * anyone with the public key can check it.
 *
 * <p>Start at {@link Caws}. {@link QualityGate} is the socket for a host's own checks. {@link
 * VerdictVerifier} checks a verdict later. Everything fails closed: input that is missing,
 * unreadable or ambiguous is refused with a finding that says how to correct it.
 *
 * <pre>
 * The path of a spec:
 *   task.spec() --> Evaluator.admit --> SpecCache ---------> EffectiveSpec (with digest)
 *                        |                 |                     ^
 *                        |            ProjectFiles: spec files --+-- PolicySnapshot (policy, waivers)
 *                        +--> RuleGates: constitutional rules          ^
 *                                                               WaiverLedger
 * The path of a judgement:
 *   report --> Evaluator.judge --> Evaluation --> BudgetCheck (scope, files, lines)
 *                                       |-------> EvidenceGates, HostGates, RuleGates
 *                                       |-------> WaiverResolver, if a gate blocks
 *                                       v
 *                                   Judgement --> VerdictSealer --> Verdict
 *                                                 (VerdictSerializer, ProvenanceLog)
 * </pre>
 */
@NullMarked
package dev.arbiter.caws;

import org.jspecify.annotations.NullMarked;
