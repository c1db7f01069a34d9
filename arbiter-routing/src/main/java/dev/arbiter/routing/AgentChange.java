/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/**
 * An agent was found changed: its recent outcomes differ from those before by more than chance, so
 * the older ones were forgotten.
 *
 * @param agent its id
 * @param before mean reward until now; NaN where the policy keeps none
 * @param after mean reward since the change; NaN where the policy begins anew
 */
public record AgentChange(String agent, double before, double after) {}
