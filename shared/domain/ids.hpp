#pragma once
// Ids of the trade. What the district chooses is a short text; what keys or content make is bytes.

#include "shared/base/bytes.hpp"
#include "shared/base/strong.hpp"

#include <string>

namespace cunzheng::domain {

using BodyId = Strong<struct BodyIdTag, std::string>;            // a committee, "v1": chosen by the district, never reused
using ItemId = Strong<struct ItemIdTag, std::string>;            // "residence-in-community": stable across revisions
using PurposeCode = Strong<struct PurposeCodeTag, std::string>;  // "school-enrolment"
using RequesterKind = Strong<struct RequesterKindTag, std::string>;  // "school"
using MeetingKind = Strong<struct MeetingKindTag, std::string>;  // "representatives_meeting": body kinds of the quorum table
using OfficerId = Strong<struct OfficerIdTag, ByteArray<16>>;    // first 16 bytes of tagged_hash("officer", public key)
using SubjectId = Strong<struct SubjectIdTag, Hash>;             // id of the subject's opening entry
using FindingId = Strong<struct FindingIdTag, Hash>;             // hash of (subject, rule, evidence)

}  // namespace cunzheng::domain
