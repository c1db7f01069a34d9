/* SPDX-License-Identifier: Apache-2.0 */

@NullMarked
package dev.arbiter.caws.provenance;

import org.jspecify.annotations.NullMarked;
