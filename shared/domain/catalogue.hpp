#pragma once
// The district's lists as one dated revision: what committees issue, what they do not, what goes elsewhere (R9-R26,
// R40-R48, R97-R103). Everything the rules need to know about law stands here as data: items, bases, limits, days.
// No code names an item, a limit or a date.
//
// A revision is a whole: a later one replaces it from its own `effective_from`. Within a revision an item may carry
// days of its own, so what begins or ends in between needs no revision of its own.
// A Catalogue is a plain value with one canonical byte form (the district signs those bytes) and one JSON form.

#include "shared/base/result.hpp"
#include "shared/base/time.hpp"
#include "shared/codec/enum_names.hpp"
#include "shared/domain/ids.hpp"
#include "shared/domain/text_archive.hpp"

#include <cereal/cereal.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cunzheng::domain {

// ---- where a statement comes from

struct Source {
  std::string key;  // "TJ19": what items refer to
  std::string what;
  std::string url;  // empty: none to give

  bool operator==(const Source&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(key), CEREAL_NVP(what), CEREAL_NVP(url));
  }
};

// How sure we are of an item. `status` is found, recalled, mixed or derived; `sources` are keys of Catalogue::sources.
struct Marks {
  std::string status;
  std::string certainty;
  std::string note;
  std::vector<std::string> sources;

  bool operator==(const Marks&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(status), CEREAL_NVP(certainty), CEREAL_NVP(note), CEREAL_NVP(sources));
  }
};

// One line of a legal basis, in force from..to, both inclusive.
struct Citation {
  std::string law;          // without title marks: "民法典", "民发〔2020〕20号"
  std::string article;      // "第三十一条"; empty: the whole text
  bool is_statute = false;  // a law, a regulation, or a list kept by decision of the State Council (R9)
  std::string evidence;     // found, recalled, ...
  std::string note;
  std::optional<CivilDate> from;
  std::optional<CivilDate> to;

  bool operator==(const Citation&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(law), CEREAL_NVP(article), CEREAL_NVP(is_statute), CEREAL_NVP(evidence), CEREAL_NVP(note),
            CEREAL_NVP(from), CEREAL_NVP(to));
  }
};

// A law or article marked 待核 was not found yet: it is never printed as a citation (R101).
bool is_still_to_be_found(std::string_view law_or_article);

// ---- who asks and what for

// May the demand of such a requester be cause (b) of the fallback, an express demand of a civil party (R42, R44)?
enum class CivilDemand : std::uint8_t { no, yes, person_decides };

struct RequesterClass {
  std::string key;  // "government"
  Text label;
  CivilDemand civil_demand = CivilDemand::no;
  bool may_be_exposed = false;  // R59
  std::string certainty;

  bool operator==(const RequesterClass&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(key), CEREAL_NVP(label), CEREAL_NVP(civil_demand), CEREAL_NVP(may_be_exposed),
            CEREAL_NVP(certainty));
  }
};

struct RequesterKindEntry {
  RequesterKind kind;
  Text label;
  std::string requester_class;  // key of a RequesterClass
  std::string note;

  bool operator==(const RequesterKindEntry&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(kind), CEREAL_NVP(label), CEREAL_NVP(requester_class), CEREAL_NVP(note));
  }
};

struct Purpose {
  PurposeCode code;
  Text label;

  bool operator==(const Purpose&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(code), CEREAL_NVP(label));
  }
};

// ---- items that are issued

enum class Procedure : std::uint8_t { on_the_spot, investigate };  // R53

enum class RiskLevel : std::uint8_t { low, medium, high };

enum class FieldType : std::uint8_t {
  text,        // one line
  long_text,   // several lines
  date,        // "2026-05-11"
  number,      // a whole number from 0
  yes_no,      // "true" or "false"
  one_of,      // one of `values`
  some_of,     // one or more of `values`, joined by "、" in the order of `values`
  person,      // a name, with the document number after a blank where it is needed
  persons,     // several, one a line
  party,       // a person or a body
  address,     // one line
  attachment,  // what is attached, in words or by hash
  reference,   // the number of another record
  visits,      // notes of visits, one a line
};

// Where a field is kept: in the part of an entry that stays for ever, or in the part that can be erased.
enum class FieldPart : std::uint8_t { body, private_part };

struct ItemField {
  std::string key;
  Text label;
  FieldType type = FieldType::text;
  bool required = false;
  FieldPart part = FieldPart::private_part;  // `body` only for dates, references and closed lists
  std::vector<std::string> values;           // of one_of and some_of

  bool operator==(const ItemField&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(key), CEREAL_NVP(label), CEREAL_NVP(type), CEREAL_NVP(required), CEREAL_NVP(part),
            CEREAL_NVP(values));
  }
};

// Residents are consulted before such a certificate (R27-R39). With `when_field` only if that field of the application
// has one of `when_values`; without it always.
struct DeliberationRule {
  std::vector<MeetingKind> meeting_kinds;          // any one of them; quorums are the quorum table's
  std::optional<std::int32_t> public_notice_days;  // none: the law asks for no notice
  std::string public_notice_source;
  std::string when_field;
  std::vector<std::string> when_values;

  bool operator==(const DeliberationRule&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(meeting_kinds), CEREAL_NVP(public_notice_days), CEREAL_NVP(public_notice_source),
            CEREAL_NVP(when_field), CEREAL_NVP(when_values));
  }
};

// The parts of the guide of R13 that are not fields of the item, in Chinese for the board. "{time_limit_working_days}"
// in a step stands for the number of the item.
struct Guide {
  std::string purpose;
  std::string who_may_apply;
  std::vector<std::string> conditions;
  std::vector<std::string> papers;
  std::vector<std::string> steps;

  bool operator==(const Guide&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(purpose), CEREAL_NVP(who_may_apply), CEREAL_NVP(conditions), CEREAL_NVP(papers),
            CEREAL_NVP(steps));
  }
};

struct IssuableItem {
  ItemId id;
  Text name;
  std::vector<std::string> synonyms;         // residents' words, for search only
  std::vector<std::string> pinyin_initials;  // of name and synonyms, for search only
  std::string title;                         // of the paper, Chinese: "证明", "意见"
  std::vector<Citation> legal_basis;
  std::vector<PurposeCode> purposes;
  std::vector<RequesterKind> requester_kinds;
  Procedure procedure = Procedure::investigate;
  std::int32_t time_limit_working_days = 0;  // from acceptance, for what is not done on the spot (R54, R56)
  std::string time_limit_source;
  std::optional<DeliberationRule> deliberation;
  bool collective_decision = false;  // the committee itself decides in a meeting first, not the head alone (R115)
  RiskLevel risk_level = RiskLevel::medium;
  std::optional<std::int32_t> validity_days;  // none: no day of expiry is printed
  std::vector<ItemField> fields;
  std::vector<Text> warnings;  // for the clerk
  Guide guide;
  Marks marks;
  std::optional<CivilDate> in_force_from;                // none: from the start of the list
  std::optional<CivilDate> in_force_to;                  // last day; after it the item is withdrawn
  std::optional<CivilDate> replaced_by_commitment_from;  // R69: from this day a commitment to `commitment_organ`
  std::optional<RequesterKind> commitment_organ;
  Text right_way;  // once withdrawn or replaced: how to get what one needs; empty before

  bool operator==(const IssuableItem&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(id), CEREAL_NVP(name), CEREAL_NVP(synonyms), CEREAL_NVP(pinyin_initials), CEREAL_NVP(title),
            CEREAL_NVP(legal_basis), CEREAL_NVP(purposes), CEREAL_NVP(requester_kinds), CEREAL_NVP(procedure),
            CEREAL_NVP(time_limit_working_days), CEREAL_NVP(time_limit_source), CEREAL_NVP(deliberation),
            CEREAL_NVP(collective_decision), CEREAL_NVP(risk_level), CEREAL_NVP(validity_days), CEREAL_NVP(fields),
            CEREAL_NVP(warnings), CEREAL_NVP(guide), CEREAL_NVP(marks), CEREAL_NVP(in_force_from),
            CEREAL_NVP(in_force_to), CEREAL_NVP(replaced_by_commitment_from), CEREAL_NVP(commitment_organ),
            CEREAL_NVP(right_way));
  }
};

// ---- items that are not issued

enum class Fallback : std::uint8_t { never, conditional };  // R45

// What the conditional path asks for on top of its causes (R43, R46, R49).
enum class FallbackNeed : std::uint8_t {
  verify_in_person,
  within_remit,
  limited_wording,
  head_signature,
  search_results,            // what the departments' registers answered, on file (R67)
  legal_risk_path,           // enquiry, consultation and assessment, all three, before anything is issued (R49)
  legal_risk_path_if_risky,  // the same where the desk sees a trigger of R51
};

struct NegativeItem {
  ItemId id;
  Text name;
  std::vector<std::string> synonyms;
  std::vector<std::string> pinyin_initials;
  std::vector<std::string> holders;  // who keeps the fact, Chinese
  Text right_way;                    // never empty (R21, R22)
  std::string right_way_certainty;
  Fallback fallback = Fallback::never;
  std::string fallback_why;
  std::vector<FallbackNeed> fallback_needs;
  RiskLevel risk_level = RiskLevel::medium;
  std::vector<ItemId> specific_items;  // issuable items a statute made out of this name for one purpose (R17)
  std::vector<Citation> legal_basis;
  std::string list;  // which batch it comes from
  Marks marks;
  std::optional<CivilDate> in_force_from;
  std::optional<CivilDate> in_force_to;  // last day; after it the item is in no list

  bool operator==(const NegativeItem&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(id), CEREAL_NVP(name), CEREAL_NVP(synonyms), CEREAL_NVP(pinyin_initials), CEREAL_NVP(holders),
            CEREAL_NVP(right_way), CEREAL_NVP(right_way_certainty), CEREAL_NVP(fallback), CEREAL_NVP(fallback_why),
            CEREAL_NVP(fallback_needs), CEREAL_NVP(risk_level), CEREAL_NVP(specific_items), CEREAL_NVP(legal_basis),
            CEREAL_NVP(list), CEREAL_NVP(marks), CEREAL_NVP(in_force_from), CEREAL_NVP(in_force_to));
  }
};

// ---- what goes elsewhere, and what is in no list

// Party matters (R24): the committee does not number, sign or seal them.
struct RoutedItem {
  ItemId id;
  Text name;
  std::vector<std::string> synonyms;
  std::string route_to;  // "party_branch"
  Text right_way;
  Marks marks;

  bool operator==(const RoutedItem&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(id), CEREAL_NVP(name), CEREAL_NVP(synonyms), CEREAL_NVP(route_to), CEREAL_NVP(right_way),
            CEREAL_NVP(marks));
  }
};

// A demand known from elsewhere that stands in no list here: only so that a refusal can name who holds the fact.
struct UnlistedHint {
  Text name;
  std::vector<std::string> holders;
  Marks marks;

  bool operator==(const UnlistedHint&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(name), CEREAL_NVP(holders), CEREAL_NVP(marks));
  }
};

// ---- the revision

// Numbers the rules read by name (R103). check() asks for each of these; a catalogue may hold more.
namespace parameter {
inline constexpr const char* default_validity_days = "default_validity_days";              // R110
inline constexpr const char* fallback_limit_working_days = "fallback_limit_working_days";  // R47, R54
// Age of the district's data above which a person must say that the matter cannot wait (O12).
inline constexpr const char* stale_days_high_risk = "stale_days_high_risk";
inline constexpr const char* stale_days_fallback = "stale_days_fallback";
inline constexpr const char* stale_days_commitment = "stale_days_commitment";
inline constexpr std::array required{default_validity_days, fallback_limit_working_days, stale_days_high_risk,
                                     stale_days_fallback, stale_days_commitment};
}  // namespace parameter

struct Catalogue {
  std::uint32_t revision = 0;  // rises by the jurisdiction (R102)
  std::string jurisdiction;    // division code, 6 digits
  CivilDate effective_from;
  std::string title;   // Chinese
  std::string status;  // how far the lists are proved, Chinese
  bool synthetic_for_tests = false;
  std::map<std::string, std::int32_t> parameters;
  std::map<std::string, std::string> policies;  // names of dated regimes: "credit_publication_regime"
  Text complaint;                               // where to complain, on every refusal slip (R21, R59)
  Text unlisted_right_way;                      // for what is in no list (R20, R22)
  std::vector<RequesterClass> requester_classes;
  std::vector<RequesterKindEntry> requester_kinds;
  std::vector<Purpose> purposes;
  std::vector<IssuableItem> issuable;
  std::vector<NegativeItem> negative;
  std::vector<RoutedItem> routed;
  std::vector<UnlistedHint> unlisted_hints;
  std::vector<Source> sources;

  bool operator==(const Catalogue&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(revision), CEREAL_NVP(jurisdiction), CEREAL_NVP(effective_from), CEREAL_NVP(title),
            CEREAL_NVP(status), CEREAL_NVP(synthetic_for_tests), CEREAL_NVP(parameters), CEREAL_NVP(policies),
            CEREAL_NVP(complaint), CEREAL_NVP(unlisted_right_way), CEREAL_NVP(requester_classes),
            CEREAL_NVP(requester_kinds), CEREAL_NVP(purposes), CEREAL_NVP(issuable), CEREAL_NVP(negative),
            CEREAL_NVP(routed), CEREAL_NVP(unlisted_hints), CEREAL_NVP(sources));
  }
};

inline constexpr std::size_t catalogue_bytes_max = 8U << 20;

// Reads the JSON form; bad input names the path of the field. More than catalogue_bytes_max is refused unread.
// Does not check(): a program that publishes or applies a catalogue does so itself.
Result<Catalogue> catalogue_from_json(std::string_view text);

// What a person should look at before publishing; nothing of it stops a revision.
struct CatalogueWarning {
  std::string place;  // "issuable[3].legal_basis"
  std::string rule;
  Text what;
};

struct CatalogueReport {
  std::vector<CatalogueWarning> warnings;
};

// Is it fit to be published after `previous` (null: it is the first)? Bad input names place and rule.
Result<CatalogueReport> check(const Catalogue& catalogue, const Catalogue* previous);

// ---- looking things up; null: not there. The pointers live as long as the catalogue.

const IssuableItem* find_issuable(const Catalogue& catalogue, const ItemId& id);
const NegativeItem* find_negative(const Catalogue& catalogue, const ItemId& id);
const RoutedItem* find_routed(const Catalogue& catalogue, const ItemId& id);
const Purpose* find_purpose(const Catalogue& catalogue, const PurposeCode& code);
const RequesterKindEntry* find_requester_kind(const Catalogue& catalogue, const RequesterKind& kind);
const RequesterClass* class_of(const Catalogue& catalogue, const RequesterKind& kind);

// Name of an item of any list in both languages; the id itself where no list has it.
Text item_name(const Catalogue& catalogue, const ItemId& id);

// The number of that name. 0 where it is missing, which check() does not let pass: then all data are too old.
std::int32_t parameter_of(const Catalogue& catalogue, const std::string& name);

enum class ItemState : std::uint8_t {
  issuable,
  withdrawn,
  replaced_by_commitment,
  not_yet,
  not_issuable,
  routed,
  unlisted,
};

ItemState state_on(const Catalogue& catalogue, const ItemId& id, CivilDate day);
ItemState state_on(const IssuableItem& item, CivilDate day);

// The greatest revision in force on that day; null: none. Any order; none may be null (R99, R102).
const Catalogue* catalogue_in_force(std::span<const Catalogue* const> revisions, CivilDate day);

// The lines in force on that day, in order (R99).
std::vector<Citation> basis_on(std::span<const Citation> basis, CivilDate day);

// The last day of validity of what is issued on that day; none: no expiry (R110). Null `item`: it is in no list.
std::optional<CivilDate> valid_until(const Catalogue& catalogue, const IssuableItem* item, CivilDate issued);

// ---- search for the clerk

// One possible meaning of the words, in any zone. The clerk chooses by item, purpose and requester (R17).
struct Candidate {
  ItemId id;  // empty: an unlisted hint
  Text name;
  ItemState state = ItemState::unlisted;
  std::string matched;  // the id, name, synonym or initials that matched
};

// Every item whose id, name, synonym or pinyin initials match: equal ones first, then those that begin with the words,
// then those that hold them; within each in the order of the lists. No words: nothing.
std::vector<Candidate> search(const Catalogue& catalogue, std::string_view words, CivilDate day);

}  // namespace cunzheng::domain

template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::CivilDemand> {
  static constexpr std::array names{"no", "yes", "person_decides"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::Procedure> {
  static constexpr std::array names{"on_the_spot", "investigate"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::RiskLevel> {
  static constexpr std::array names{"low", "medium", "high"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::FieldType> {
  static constexpr std::array names{"text",   "long_text", "date",  "number",  "yes_no",     "one_of",    "some_of",
                                    "person", "persons",   "party", "address", "attachment", "reference", "visits"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::FieldPart> {
  static constexpr std::array names{"body", "private"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::Fallback> {
  static constexpr std::array names{"never", "conditional"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::FallbackNeed> {
  static constexpr std::array names{"verify_in_person", "within_remit",    "limited_wording",         "head_signature",
                                    "search_results",   "legal_risk_path", "legal_risk_path_if_risky"};
};
template <>
struct cunzheng::codec::EnumNames<cunzheng::domain::ItemState> {
  static constexpr std::array names{"issuable", "withdrawn", "replaced_by_commitment", "not_yet", "not_issuable",
                                    "routed",   "unlisted"};
};
