#include "tests/support/register_world.hpp"

#include "shared/base/verify.hpp"
#include "shared/crypto/hash.hpp"
#include "shared/registers/trust.hpp"

#include <algorithm>

namespace cunzheng::test {

using journal::JournalKind;

Instant at_three(CivilDate day, int minutes) { return start_of(day) + (15 * 60 + minutes) * 60'000LL; }

Actor RegisterWorld::make_actor() {
  auto keys = crypto::make_key_pair(random);
  const auto id = registers::officer_id(keys.public_key);
  return {std::move(keys), id};
}

RegisterWorld::RegisterWorld(std::uint64_t seed)
    : random(seed), root(make_actor()), hub_key(make_actor()), wang(make_actor()), li(make_actor()) {
  const auto day = *CivilDate::from_ymd(2026, 1, 5);
  district_ = &open(JournalKind::district, "", hub_key, "", 1, at_three(day));
  office_ = &open(JournalKind::office, "", hub_key, "", 1, at_three(day));
  statement_.number = 0;
  statement_.district_name = "示范区";
  statement_.hub_key = hub_key.keys.public_key;
  statement_.from = at_three(day, -60);
  statement_.to = at_three(*CivilDate::from_ymd(2036, 1, 5));
  statement_.officers = {{wang.id, wang.keys.public_key, "王区员"}, {li.id, li.keys.public_key, "李区员"}};
  certify(statement_, at_three(day, 1));
}

Line& RegisterWorld::open(JournalKind kind, const std::string& body, const Actor& actor, const std::string& series,
                          std::uint32_t epoch, Instant at) {
  journal::JournalOpened opening;
  opening.journal_kind = kind;
  opening.body = body;
  opening.key = actor.keys.public_key;
  opening.series = series;
  opening.epoch = epoch;
  opening.nonce = draw<16>(random);
  auto opened = journal::Writer::open(opening, crypto::key_pair_from_seed(actor.keys.secret.seed()),
                                      {{at, ClockConfidence::plausible, 0}, {}, {}}, random);
  lines_.push_back({kind,
                    body,
                    series,
                    epoch,
                    std::move(opened.writer),
                    {std::move(opened.range)},
                    {},
                    {},
                    ClockConfidence::plausible});
  written_.emplace_back(&lines_.back(), 0);
  return lines_.back();
}

std::vector<journal::EntryId> RegisterWorld::write(Line& line, std::vector<journal::Draft> drafts, Instant at) {
  auto range = line.writer.write(std::move(drafts), {{at, line.confidence, 0}, line.known_district, line.known_body});
  std::vector<journal::EntryId> ids;
  for (const auto& item : range.items) ids.push_back(item.id);
  // Everybody's clock of causes goes on, so that later things have later lamports, as if all had met.
  lamport_ = std::max(lamport_, journal::parse_entry(range.items.back().entry)->lamport);
  for (auto& each : lines_) each.writer.saw(lamport_);
  written_.emplace_back(&line, line.ranges.size());
  line.ranges.push_back(std::move(range));
  return ids;
}

std::vector<journal::Range> RegisterWorld::take() {
  auto ranges = everything();
  for (auto& line : lines_) line.ranges.clear();
  written_.clear();
  return ranges;
}

std::vector<journal::Range> RegisterWorld::everything() const {
  std::vector<journal::Range> out;
  for (const auto& [line, at] : written_) out.push_back(line->ranges[at]);
  return out;
}

Line& RegisterWorld::add_body(const std::string& id, CivilDate day) {
  auto& line = open(JournalKind::body, id, hub_key, "", 1, at_three(day, 2));
  bodies_[id] = &line;
  const auto since = *CivilDate::from_ymd(2020, 1, 1);
  const auto code = std::to_string(120'199'101'200 + bodies_.size());
  write(line, journal::BodyDescribed{id, "天津市示范区示范镇" + id + "村村民委员会", id + "村", code, "", "", since},
        {}, at_three(day, 2));
  staff_.emplace(id, Staff{make_actor(), make_actor(), make_actor()});
  appoint(id, staff(id).handler, domain::Post::handler, since, at_three(day, 3));
  appoint(id, staff(id).head, domain::Post::head, since, at_three(day, 3));
  appoint(id, staff(id).keeper, domain::Post::seal_keeper, since, at_three(day, 3));
  return line;
}

Line& RegisterWorld::add_laptop(const std::string& id, const std::string& series, CivilDate day) {
  auto actor = make_actor();
  write(body(id), journal::DeviceEnrolled{actor.keys.public_key, series, series, at_three(day, 4)}, {},
        at_three(day, 4));
  auto& laptop = open(JournalKind::device, id, actor, series, 0, at_three(day, 5));
  device_keys_.emplace(laptop.id(), std::move(actor));
  sync(laptop);
  return laptop;
}

Line& RegisterWorld::clone(const Line& laptop) {
  journal::Writer writer(laptop.writer.head(), lamport_,
                         crypto::key_pair_from_seed(device_keys_.at(laptop.id()).keys.secret.seed()));
  lines_.push_back({laptop.kind,
                    laptop.body,
                    laptop.series,
                    laptop.epoch,
                    std::move(writer),
                    {},
                    laptop.known_district,
                    laptop.known_body,
                    laptop.confidence});
  serials_[&lines_.back()] = serials_[&laptop];
  return lines_.back();
}

std::vector<journal::OfficerSignature> RegisterWorld::sign(std::string_view tag, ByteView bytes,
                                                           std::size_t count) const {
  std::vector<journal::OfficerSignature> out;
  for (const auto* officer : {&wang, &li}) {
    if (out.size() < count) out.push_back({officer->id, crypto::sign(officer->keys.secret, tag, bytes)});
  }
  return out;
}

// ---------------------------------------------------------------- the district

void RegisterWorld::publish(journal::DataKind kind, std::uint32_t revision, CivilDate effective_from, Bytes content,
                            Instant at, std::size_t signatures) {
  journal::DataPublished body{kind, revision, effective_from, at, std::move(content), {}};
  body.signatures = sign("published", body.signed_bytes(), signatures);
  write(district(), body, {}, at);
}

journal::EntryId RegisterWorld::certify(journal::HubStatement statement, Instant at) {
  statement.number = statement_.number + 1;
  statement_ = statement;
  journal::HubCertified body{codec::encode(statement), {}};
  body.by_root = crypto::sign(root.keys.secret, "hub-statement", body.statement);
  return write(district(), body, {}, at);
}

journal::EntryId RegisterWorld::appoint(const std::string& id, const Actor& officer, domain::Post post, CivilDate from,
                                        Instant at, std::optional<CivilDate> to) {
  return write(body(id), journal::OfficerAppointed{{officer.id, post, from, to}, officer.keys.public_key}, {"演示子"},
               at);
}

journal::EntryId RegisterWorld::rule(const std::string& id, const domain::FindingId& finding,
                                     journal::RulingOutcome outcome, Instant at) {
  journal::RulingMade body{finding, outcome, wang.id, {}, local_date(at)};
  body.signature = crypto::sign(wang.keys.secret, "ruling", body.signed_bytes());
  return write(this->body(id), body, {"已核实"}, at);
}

journal::EntryId RegisterWorld::revoke(const std::string& id, const Line& laptop,
                                       std::optional<journal::Seq> last_trusted, Instant at) {
  std::optional<journal::Head> head;
  if (last_trusted) head = journal::Head{laptop.id(), *last_trusted, {}};
  return write(body(id), journal::DeviceRevoked{laptop.writer.key(), head, journal::RevocationReason::stolen, at}, {},
               at);
}

journal::EntryId RegisterWorld::receive(const Line& laptop, Instant at) {
  return write(body(laptop.body), journal::Received{laptop.writer.head()}, {}, at);
}

journal::EntryId RegisterWorld::decide_credit(const domain::Person& person, CivilDate decided_on, Instant at,
                                              std::size_t signatures) {
  journal::CreditDecided body;
  body.decision.decision_no = "示民信决〔2026〕8号";
  body.decision.decided_on = decided_on;
  body.decision.deciding_organ = "示范区民政局";
  body.decision.heard_on = decided_on;
  body.decision.served_on = decided_on;
  body.decision.first_officer = wang.id;
  body.decision.second_officer = li.id;
  body.decision.evidence = crypto::sha256(view_of("决定书"));
  body.signatures = sign("credit", codec::encode(body.decision), signatures);
  return write(office(), body, {person, "承诺不实"}, at);
}

journal::EntryId RegisterWorld::credit_step(const journal::EntryId& credit_case, domain::CreditStep step, CivilDate on,
                                            Instant at) {
  const domain::SubjectId subject(credit_case.value());
  journal::CreditStepTaken body{{step, on, "示范区民政局", "示民信〔2026〕9号"}, {}};
  body.signatures = sign("credit-step", body.signed_bytes(subject), 2);
  return write(office(), body, {}, at, subject);
}

journal::EntryId RegisterWorld::publish_exclusions(std::uint32_t revision, const std::vector<std::string>& id_numbers,
                                                   Instant at) {
  const journal::ExclusionPrivate part{
      domain::make_exclusion_list(revision, local_date(at), draw<16>(random), id_numbers)};
  journal::ExclusionListPublished body{
      revision, at, crypto::tagged_hash("exclusion-list", codec::encode(part.list)), {}};
  body.signatures = sign("exclusions", body.signed_bytes(), 2);
  return write(district(), body, part, at);
}

// ---------------------------------------------------------------- a laptop

void RegisterWorld::sync(Line& laptop) {
  laptop.known_district = {district().epoch, district().last()};
  laptop.known_body = {body(laptop.body).epoch, body(laptop.body).last()};
}

RegisterWorld::Issued RegisterWorld::issue(Line& laptop, Paper paper, int minutes) {
  const auto& people = staff(laptop.body);
  const auto& handler = paper.handler ? *paper.handler : people.handler;
  const auto& head = paper.head ? *paper.head : people.head;
  const auto& head_key = paper.head_signs_with ? *paper.head_signs_with : head;

  journal::ApplicationOpened application;
  application.item = paper.item;
  application.purpose = paper.purpose;
  application.requester_kind = paper.requester_kind;
  application.requesting_unit = paper.requesting_unit;
  application.applied_on = paper.day;
  if (paper.as_fallback) application.fallback_cause = domain::FallbackCause::civil_party_demand;
  journal::ApplicationPrivate applied;
  applied.applicant = paper.person;
  applied.facts = paper.facts;

  journal::CertificateIssued certificate;
  const auto serial = paper.serial != 0 ? paper.serial : ++serials_[&laptop];
  certificate.number = {"120199101201", paper.day.year(), laptop.series.front(), serial};
  certificate.item = paper.item;
  certificate.catalogue_revision = paper.revision;
  certificate.issued_on = paper.day;
  certificate.handler = handler.id;
  certificate.head = head.id;
  certificate.as_fallback = paper.as_fallback;
  certificate.deliberation = paper.deliberation;
  certificate.deliberation_code = paper.deliberation_code;
  journal::CertificatePrivate words;
  words.text = "兹证明" + paper.person.name + "，编号" + certificate.number.machine();
  words.handler_signature = crypto::sign(handler.keys.secret, "certificate", view_of(words.text));
  words.head_signature = crypto::sign(head_key.keys.secret, "certificate", view_of(words.text));

  std::vector<journal::Draft> drafts;
  drafts.push_back(journal::draft_of(application, applied, {}, random));
  drafts.push_back(journal::draft_of(certificate, words, {}, random));
  drafts.back().subject_of_draft = 0;
  const auto ids = write(laptop, std::move(drafts), at_three(paper.day, minutes));
  return {domain::SubjectId(ids[0].value()), ids[1], certificate.number};
}

journal::EntryId RegisterWorld::spoil(Line& laptop, const Issued& issued, CivilDate day) {
  return write(laptop,
               journal::CertificateSpoiled{journal::SpoilKind::printed_badly, day, staff(laptop.body).handler.id},
               {"打印歪斜"}, at_three(day, 30), issued.subject);
}

journal::EntryId RegisterWorld::record(Line& laptop, const domain::Minutes& minutes, CivilDate day) {
  const auto& people = staff(laptop.body);
  journal::DeliberationPrivate personal;
  personal.minutes.topic = "宅基地";
  personal.head_signature = crypto::sign(people.head.keys.secret, "minutes", codec::encode(minutes));
  return write(laptop, journal::DeliberationRecorded{minutes, people.handler.id, people.head.id}, personal,
               at_three(day));
}

journal::EntryId RegisterWorld::commit(Line& laptop, const domain::Person& person, CivilDate day) {
  journal::CommitmentMade made;
  made.organ = "示范区民政局";
  made.matter = "trial-relief-household";
  made.made_on = day;
  made.exclusion_list_revision = 1;
  made.explained_by = staff(laptop.body).handler.id;
  return write(laptop, made, {person, "承诺书", "共同生活三人", domain::ExclusionAnswer::no_hit}, at_three(day));
}

}  // namespace cunzheng::test
