/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** Draws from normal distributions: the first number is the mean, the second the deviation. */
final class NormalDraws extends Draws {
  NormalDraws(int size) {
    super(size, false);
  }

  @Override
  double record(int candidate) {
    return first(candidate);
  }

  @Override
  double typeShift(int candidate) {
    return 0;
  }

  @Override
  Distribution distribution(int candidate) {
    return new Normal(first(candidate), second(candidate));
  }
}
