/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Reads and writes texts: documents of YAML and JSON, their schemas and fields, ids, moments,
 * findings, files. Knows nothing of specs, policies or verdicts.
 *
 * <pre>
 *   text or file -- FileText, SmallFile
 *        |
 *   Document (YAML events, JSON tokens) --> TreeBuilder --> Node
 *        |  Unreadable                                       |
 *        |                            Schema (strict) -------+------- FieldReader (one object)
 *        |                                     \                     /
 *        +-----------------------------------------> Findings --> FindingLines
 * </pre>
 */
@NullMarked
package dev.arbiter.caws.internal.text;

import org.jspecify.annotations.NullMarked;
