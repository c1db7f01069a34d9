/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

/**
 * The clause that one gate or one finding of a verdict rests on.
 *
 * <p>Field names and groups of clauses are those of the CAWS verdict: {@code CAWS:4} budget, {@code
 * CAWS:5} waivers, {@code CAWS:6} gates, {@code CAWS:7} provenance, {@code CAWS:8} authority. The
 * numbers within a group are Arbiter's.
 *
 * @param clauseId such as {@code CAWS:4.1}
 * @param decision how the gate stands, such as {@code passed}; for a finding its severity
 * @param rationale the gate's name or the finding's rule id
 * @param evidence where the rule stands: {@code policy#}, {@code spec#}, {@code constitution#} or
 *     {@code host#} and a JSON pointer or id; for a finding its place
 */
public record ClauseCitation(String clauseId, String decision, String rationale, String evidence) {}
