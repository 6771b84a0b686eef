#pragma once
// From an application to what would be written: the rules are asked, what they ask for is looked for, the words are
// composed. Nothing is numbered, signed or stored here. On the loop thread.

#include "client/books.hpp"
#include "client/desk_input.hpp"
#include "shared/domain/certificate_text.hpp"
#include "shared/domain/eligibility.hpp"

#include <map>
#include <memory>
#include <variant>

namespace cunzheng::client {

// The law as known here on a day.
struct LawAtHand {
  std::shared_ptr<const domain::Catalogue> catalogue;
  std::shared_ptr<const domain::Calendar> calendar;    // null: none received
  std::shared_ptr<const domain::QuorumTable> quorums;  // null: none received
  journal::BodyDescribed body;
  domain::Posts posts;
  std::int32_t data_age_days = 0;

  domain::Law law() const { return {*catalogue, calendar.get(), data_age_days}; }
};
// unavailable: the catalogue or the committee's description is not here yet; synchronise.
Result<LawAtHand> law_on(const Books& books, CivilDate day);

// Who acts; ids already found.
struct Hands {
  domain::OfficerId handler;
  domain::OfficerId head;
  std::optional<domain::OfficerId> seal_keeper;
};

struct DecidedApplication {
  domain::Application application;
  domain::Decision decision;
  std::vector<domain::ResultLine> open_lines;  // why the minutes do not carry it
  std::string deliberation_code;               // as normalised; empty: none named
  std::optional<CivilDate> due;
};

// Uses of minutes by certificates that are composed and not yet in the books.
using PendingUses = std::map<std::string, std::uint32_t>;

Result<DecidedApplication> decide_application(const Books& books, const LawAtHand& law, const ApplicationInput& input,
                                              const PendingUses& pending, CivilDate today);

// Everything but number, text and signatures.
struct CertificatePlan {
  journal::ApplicationOpened opened;
  journal::ApplicationPrivate opened_private;
  journal::CertificateIssued issued;
  std::optional<journal::CertificateReissued> reissued;
  std::string verification_text;
  domain::CertificateContent content;
  std::vector<std::string> marks;  // "deliberation_unmatched", "same_person": what a person should know
};

// `decided` holds a Permit. Bad input names what an obligation still asks for.
Result<CertificatePlan> plan_certificate(const Books& books, const LawAtHand& law, const ApplicationInput& input,
                                         const DecidedApplication& decided, const Hands& hands, CivilDate today);

// The entry that opens an application and its private part.
std::pair<journal::ApplicationOpened, journal::ApplicationPrivate> opening_of(const LawAtHand& law,
                                                                              const DecidedApplication& decided,
                                                                              CivilDate applied_on);

// The certificate of this committee with that number, as scanned or as printed. not_found in `field`.
Result<NumberedCertificate> find_certificate(const Books& books, const std::string& typed, const std::string& field);

// Bad input in `field` (R4) unless the officer holds the post on that day.
Status check_post(const LawAtHand& law, const domain::OfficerId& officer, domain::Post post, CivilDate day,
                  const std::string& field);
// The name that stands on papers.
Result<std::string> name_of(const Books& books, const domain::OfficerId& officer, const std::string& field);

}  // namespace cunzheng::client
