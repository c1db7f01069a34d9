/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Reads the files of a CAWS project: working specs, policies and waivers, and the scopes, globs and
 * paths in them.
 *
 * <pre>
 *   spec text   -- SpecReader --+-- SpecV1 (SpecSchema) --------------+--> Spec (Scope of Globs)
 *                               +-- LegacySpec (LegacyDetails) -------+          \
 *   policy text -- PolicyReader ------> Policy (tiers, GateRules) --+            EffectiveSpec
 *   waiver text -- WaiverReader ------> Waiver ---------------------+            /  (digest)
 *                                             PolicySnapshot -------+-----------+
 *   reported paths -- Pathname -- ChangedPaths ---- are they in the scope of an EffectiveSpec?
 * </pre>
 */
@NullMarked
package dev.arbiter.caws.internal.project;

import org.jspecify.annotations.NullMarked;
