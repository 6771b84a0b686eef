#pragma once
// An entry as JSON: for `inspect` and for `--json`. Nothing is read back from it.

#include "shared/codec/json.hpp"
#include "shared/journal/range.hpp"

namespace cunzheng::journal {

// Envelope, body by its field names, and the private part when `with_private`. A body newer than this program comes as
// hex with "newer_than_this_program": true, one that is not the canonical form of its kind with "unreadable": true; a
// stub with "damaged": true. Never fails.
codec::json::value describe(const Item& item, bool with_private);

// "CertificateIssued"; "kind 99" when unknown.
std::string kind_name(BodyKind kind);

}  // namespace cunzheng::journal
