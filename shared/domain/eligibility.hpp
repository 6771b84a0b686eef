#pragma once
// May this be issued? Pure functions of the application, the catalogue of the day and the posts of the day.
// The answer is a Permit with what is still to be done, or a Refusal with the right way instead; never an error.

#include "shared/base/result.hpp"
#include "shared/domain/application.hpp"
#include "shared/domain/catalogue.hpp"
#include "shared/domain/office.hpp"

namespace cunzheng::domain {

class Calendar;

// What is known of the law on the day of the decision. Refers to both; they must outlive it.
struct Law {
  const Catalogue& catalogue;          // in force on that day (catalogue_in_force), checked
  const Calendar* calendar = nullptr;  // null: none was ever received
  std::int32_t data_age_days = 0;      // since the newest word from the district (O12)
};

// Three zones (R19): listed for this purpose and requester (R9, R17), listed as not issuable (R40-R48), in no list
// (R20); party matters go elsewhere first of all (R24). Then, for what may be issued: consultation (R27, R28),
// risk (R49), posts (R4), stale data (O12), on the spot or with a day due (R53, R56).
// An application that check_application() would not take is still answered: what is unknown counts against it.
Decision decide(const Application& application, const Law& law, const Posts& posts, CivilDate today);

// Is the application complete and well-formed? Bad input names the field ("facts.since") and the rule.
// Whether it may be issued is decide()'s.
Status check_application(const Application& application, const Catalogue& catalogue);

// For what has no fields of its own (negative and unlisted items) the facts hold this one key: the statement in words.
inline constexpr const char* statement_key = "statement";

inline constexpr std::size_t name_characters_max = 64;
inline constexpr std::size_t line_characters_max = 200;
inline constexpr std::size_t long_text_characters_max = 2000;

}  // namespace cunzheng::domain
