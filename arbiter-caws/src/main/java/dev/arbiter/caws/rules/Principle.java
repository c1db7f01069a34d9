/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

/** What a rule is for. */
public enum Principle {
  /** One can see what was done. */
  TRANSPARENCY,
  /** One can see who did it. */
  ACCOUNTABILITY,
  /** It does no harm. */
  SAFETY,
  /** It favours nobody. */
  FAIRNESS,
  /** It gives away nothing about anybody. */
  PRIVACY,
  /** It ends, and works. */
  RELIABILITY
}
