#pragma once
// Written by a laptop: officers' keys, meetings, questions, commitments.

#include "shared/domain/commitment.hpp"
#include "shared/domain/credit.hpp"
#include "shared/domain/deliberation.hpp"
#include "shared/journal/body_frame.hpp"

namespace cunzheng::journal {

struct OfficerKeyMade {
  CUNZHENG_BODY(10, 1, OfficerKeyPrivate);
  static constexpr const char* name = "OfficerKeyMade";

  domain::OfficerId officer;
  crypto::PublicKey key;
  crypto::Signature possession;  // by that key over "officer-key" and the device journal's id
  CUNZHENG_FIELDS(CEREAL_NVP(officer), CEREAL_NVP(key), CEREAL_NVP(possession))
};

struct DeliberationPrivate {
  domain::MinutesPrivate minutes;
  crypto::Signature head_signature;  // over "minutes" and the canonical bytes of the Minutes
  CUNZHENG_FIELDS(CEREAL_NVP(minutes), CEREAL_NVP(head_signature))
};
struct DeliberationRecorded {
  CUNZHENG_BODY(15, 1, DeliberationPrivate);
  static constexpr const char* name = "DeliberationRecorded";

  domain::Minutes minutes;
  domain::OfficerId handler;
  domain::OfficerId head;
  CUNZHENG_FIELDS(CEREAL_NVP(minutes), CEREAL_NVP(handler), CEREAL_NVP(head))
};

enum class InquiryAnswer : std::uint8_t { guide_given, right_way_given, question_passed_on };
struct InquiryPrivate {
  std::string question;
  std::string answer;
  CUNZHENG_FIELDS(CEREAL_NVP(question), CEREAL_NVP(answer))
};
struct InquiryRecorded {
  CUNZHENG_BODY(16, 1, InquiryPrivate);
  static constexpr const char* name = "InquiryRecorded";

  domain::ItemId item;  // empty: about nothing on the lists
  std::uint32_t catalogue_revision = 0;
  CivilDate asked_on;
  InquiryAnswer answer = InquiryAnswer::guide_given;
  domain::OfficerId handler;
  CUNZHENG_FIELDS(CEREAL_NVP(item), CEREAL_NVP(catalogue_revision), CEREAL_NVP(asked_on), CEREAL_NVP(answer),
                  CEREAL_NVP(handler))
};

struct CommitmentPrivate {
  domain::Person person;
  std::string text;                                                      // the seven parts as signed
  std::string facts;                                                     // what is promised to be true
  domain::ExclusionAnswer exclusion = domain::ExclusionAnswer::no_list;  // a credit matter of a person: private
  CUNZHENG_FIELDS(CEREAL_NVP(person), CEREAL_NVP(text), CEREAL_NVP(facts), CEREAL_NVP(exclusion))
};
// Always provisional until the hub has looked (O5). The counter-party is the deciding organ (R70).
struct CommitmentMade {
  CUNZHENG_BODY(17, 1, CommitmentPrivate);
  static constexpr const char* name = "CommitmentMade";

  std::string organ;
  std::string matter;
  domain::ItemId item;  // what need not be proved now; may be empty
  CivilDate made_on;
  std::uint32_t exclusion_list_revision = 0;  // 0: none held
  bool choice_explained = true;               // R72
  domain::OfficerId explained_by;
  CUNZHENG_FIELDS(CEREAL_NVP(organ), CEREAL_NVP(matter), CEREAL_NVP(item), CEREAL_NVP(made_on),
                  CEREAL_NVP(exclusion_list_revision), CEREAL_NVP(choice_explained), CEREAL_NVP(explained_by))
};

}  // namespace cunzheng::journal

namespace cunzheng::codec {
template <>
struct EnumNames<journal::InquiryAnswer> {
  static constexpr std::array names{"guide_given", "right_way_given", "question_passed_on"};
};
}  // namespace cunzheng::codec
