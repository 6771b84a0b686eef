#include "tests/support/body_samples.hpp"

#include "shared/base/verify.hpp"
#include "shared/crypto/hash.hpp"
#include "shared/domain/calendar.hpp"

#include <algorithm>

namespace cunzheng::test {

using namespace domain;
using namespace journal;

namespace {

CivilDate day(const char* text) {
  const auto date = CivilDate::parse(text);
  VERIFY(date.has_value());
  return *date;
}

Instant noon(const char* text) { return start_of(day(text)) + 12 * 3'600'000; }

Person jia() { return {"测试甲", "120199196103159017", "13800001234", "示范甲村3排2号"}; }

JournalId journal_of(std::uint8_t byte) { return JournalId(sample_hash(byte)); }
Head head_of(std::uint8_t journal, Seq seq, std::uint8_t entry) {
  return {journal_of(journal), seq, EntryId(sample_hash(entry))};
}

crypto::Signature signed_by(std::uint8_t seed, std::string_view what, ByteView bytes) {
  return crypto::sign(sample_keys(seed).secret, what, bytes);
}
std::vector<OfficerSignature> signed_by_both(std::string_view what, ByteView bytes) {
  return {{sample_officer(first_officer_seed), signed_by(first_officer_seed, what, bytes)},
          {sample_officer(second_officer_seed), signed_by(second_officer_seed, what, bytes)}};
}

CreditDecision sample_decision() {
  CreditDecision decision;
  decision.decision_no = "示民信决〔2026〕8号";
  decision.decided_on = day("2026-06-30");
  decision.deciding_organ = "示范区民政局";
  decision.credit_class = CreditClass::serious;
  decision.heard_on = day("2026-06-15");
  decision.served_on = day("2026-07-02");
  decision.first_officer = sample_officer(first_officer_seed);
  decision.second_officer = sample_officer(second_officer_seed);
  decision.evidence = sample_hash(0xe1);
  decision.consequences = {"revoke-benefit", "refund"};
  return decision;
}

Minutes sample_minutes() {
  Minutes minutes;
  minutes.kind = MeetingKind("representatives_meeting");
  minutes.mode = "villager_representatives";
  minutes.matter = "collective-benefit";
  minutes.scope = {{ItemId("homestead-certificate"), ItemId("land-origin")}, 12, day("2026-12-31")};
  minutes.told_on = day("2026-04-20");
  minutes.held_on = day("2026-05-01");
  minutes.counts = {{"entitled", 45}, {"for", 37}, {"present", 40}};
  minutes.flags = {{"party_discussed", true}, {"supervisors_present", false}};
  minutes.households_affected = 18;
  minutes.convener = sample_officer(handler_seed);
  minutes.chair = sample_officer(head_seed);
  minutes.public_notice = PublicNotice{day("2026-05-02"), day("2026-05-08"), 2, 1};
  minutes.head_signed_on = day("2026-05-09");
  return minutes;
}

}  // namespace

crypto::KeyPair sample_keys(std::uint8_t seed) {
  ByteArray<32> bytes;
  bytes.fill(seed);
  return crypto::key_pair_from_seed(crypto::Wiped<32>(std::span<const std::uint8_t, 32>(bytes)));
}

OfficerId sample_officer(std::uint8_t seed) {
  const auto hash = crypto::tagged_hash("officer", sample_keys(seed).public_key.value());
  OfficerId id;
  std::copy_n(hash.begin(), id.value().size(), id.value().begin());
  return id;
}

Hash sample_hash(std::uint8_t byte) {
  Hash hash;
  hash.fill(byte);
  return hash;
}

std::string sample_certificate_text() {
  return "证明\n编号：示范甲村证〔2026〕B017号\n致：示范实验小学\n"
         "兹证明测试甲（公民身份号码：120199196103159017）的下列情况：自2019年9月1日起在本村居住。";
}

HubStatement sample_hub_statement() {
  HubStatement statement;
  statement.number = 3;
  statement.district_name = "示范区";
  statement.hub_key = sample_keys(hub_seed).public_key;
  statement.tls_pins = {sample_hash(0xa1), sample_hash(0xa2)};
  statement.from = noon("2026-01-01");
  statement.to = noon("2028-01-01");
  statement.officers = {{sample_officer(first_officer_seed), sample_keys(first_officer_seed).public_key, "演示寅"},
                        {sample_officer(second_officer_seed), sample_keys(second_officer_seed).public_key, "演示巳"}};
  statement.signatures_needed = 2;
  return statement;
}

ExclusionList sample_exclusion_list() {
  return {9, day("2026-05-10"), {0x6b, 0x65, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}, {7, 4'711, 1'048'575}};
}

// ---- every journal

BodySample<JournalOpened> sample_of(BodyTag<JournalOpened>) {
  JournalOpened body;
  body.journal_kind = JournalKind::body;
  body.body = "v1";
  body.key = sample_keys(hub_seed).public_key;
  body.series = "A";
  body.epoch = 2;
  body.nonce = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  body.predecessor = head_of(0x11, 41, 0x12);
  return {body, {}};
}

// ---- device

BodySample<OfficerKeyMade> sample_of(BodyTag<OfficerKeyMade>) {
  const auto journal = sample_hash(0x21);
  return {{sample_officer(handler_seed), sample_keys(handler_seed).public_key,
           signed_by(handler_seed, "officer-key", journal)},
          {"测试乙"}};
}

BodySample<ApplicationOpened> sample_of(BodyTag<ApplicationOpened>) {
  ApplicationOpened body;
  body.item = ItemId("residence-in-community");
  body.purpose = PurposeCode("school-enrolment");
  body.requester_kind = RequesterKind("school");
  body.requesting_unit = "示范实验小学";
  body.applied_on = day("2026-05-11");
  body.evidence_at_hand = false;
  body.fallback_cause = FallbackCause::civil_party_demand;
  body.due_on = day("2026-05-18");
  ApplicationPrivate personal;
  personal.applicant = jia();
  personal.requested_name = "居住证明";
  personal.requester_name = "测试戊";
  personal.basis_cited = "招生简章第三条";
  personal.purpose_text = "孩子入学";
  personal.facts = {{"address", "村东1号"}, {"since", "2019-09-01"}};
  personal.legal_risk = true;
  return {body, personal};
}

BodySample<CertificateIssued> sample_of(BodyTag<CertificateIssued>) {
  CertificateIssued body;
  body.number = {"120199101201", 2026, 'B', 17};
  body.item = ItemId("residence-in-community");
  body.catalogue_revision = 7;
  body.issued_on = day("2026-05-11");
  body.valid_until = day("2026-11-11");
  body.copies = 2;
  body.handler = sample_officer(handler_seed);
  body.head = sample_officer(head_seed);
  body.seal_keeper = sample_officer(first_officer_seed);
  body.verified_on = day("2026-05-10");
  body.as_fallback = true;
  body.deliberation = DeliberationEvidence::paper_reference;
  body.deliberation_code = "7QX4M29TRB";
  const auto text = sample_certificate_text();
  return {body,
          {text, "入户核实", signed_by(handler_seed, "certificate", view_of(text)),
           signed_by(head_seed, "certificate", view_of(text))}};
}

BodySample<CertificateSpoiled> sample_of(BodyTag<CertificateSpoiled>) {
  return {{SpoilKind::filled_in_wrongly, day("2026-05-11"), sample_officer(handler_seed)}, {"姓名写错"}};
}

BodySample<CertificateReissued> sample_of(BodyTag<CertificateReissued>) {
  return {{{"120199101201", 2026, 'B', 18}, SubjectId(sample_hash(0xb2))}, {}};
}

BodySample<ApplicationRefused> sample_of(BodyTag<ApplicationRefused>) {
  ApplicationRefused body;
  body.reason = RefusalReason::not_issuable;
  body.rule = "R40";
  body.catalogue_revision = 7;
  body.refused_on = day("2026-05-11");
  body.handler = sample_officer(handler_seed);
  body.fallback_possible = true;
  return {body, {"要求开具无犯罪记录证明"}};
}

BodySample<DeliberationRecorded> sample_of(BodyTag<DeliberationRecorded>) {
  const auto minutes = sample_minutes();
  MinutesPrivate personal;
  personal.topic = "宅基地确权";
  personal.place = "村委会会议室";
  personal.views = "同意";
  personal.attendance = {"测试甲", "测试乙", "测试丙"};
  personal.minutes_taker = "测试丁";
  personal.objections_text = "一户要求重新丈量，已约定日期";
  personal.photos = {sample_hash(0xf1), sample_hash(0xf2)};
  return {{minutes, sample_officer(handler_seed), sample_officer(head_seed)},
          {personal, signed_by(head_seed, "minutes", codec::encode(minutes))}};
}

BodySample<InquiryRecorded> sample_of(BodyTag<InquiryRecorded>) {
  return {{ItemId("residence-in-community"), 7, day("2026-05-13"), InquiryAnswer::question_passed_on,
           sample_officer(handler_seed)},
          {"办居住证明要什么材料", "已给办事指南"}};
}

BodySample<CommitmentMade> sample_of(BodyTag<CommitmentMade>) {
  CommitmentMade body;
  body.organ = "示范区民政局";
  body.matter = "trial-relief-household";
  body.item = ItemId("residence-in-community");
  body.made_on = day("2026-05-14");
  body.exclusion_list_revision = 9;
  body.choice_explained = false;
  body.explained_by = sample_officer(handler_seed);
  return {body, {jia(), "告知承诺书", "共同生活三人", ExclusionAnswer::no_hit}};
}

// ---- district

BodySample<HubCertified> sample_of(BodyTag<HubCertified>) {
  const auto statement = codec::encode(sample_hub_statement());
  return {{statement, signed_by(root_seed, "hub-statement", statement)}, {}};
}

BodySample<DataPublished> sample_of(BodyTag<DataPublished>) {
  CalendarData calendar;
  calendar.revision = 4;
  calendar.note = "示范";
  DataPublished body;
  body.data_kind = DataKind::calendar;
  body.revision = 4;
  body.effective_from = day("2026-01-01");
  body.published_at = noon("2025-12-20");
  body.content = codec::encode(calendar);
  body.signatures = signed_by_both("published", body.signed_bytes());
  return {body, {}};
}

BodySample<ExclusionListPublished> sample_of(BodyTag<ExclusionListPublished>) {
  const auto list = sample_exclusion_list();
  ExclusionListPublished body;
  body.revision = list.revision;
  body.published_at = noon("2026-05-10");
  body.list_digest = crypto::tagged_hash("exclusion-list", codec::encode(list));
  body.signatures = signed_by_both("exclusions", body.signed_bytes());
  return {body, {list}};
}

BodySample<Checkpoint> sample_of(BodyTag<Checkpoint>) {
  const std::vector<Head> heads{head_of(0x31, 17, 0x32), head_of(0x41, 5, 0x42)};
  return {{day("2026-05-11"), heads.size(), crypto::tagged_hash("checkpoint", codec::encode(heads))}, {}};
}

// ---- body/<id>

BodySample<BodyDescribed> sample_of(BodyTag<BodyDescribed>) {
  return {{"v1", "天津市示范区示范镇示范甲村村民委员会", "示范甲村", "120199101201", "54120199TX000001XX",
           "022-00000000", day("2024-01-01")},
          {}};
}

BodySample<DeviceEnrolled> sample_of(BodyTag<DeviceEnrolled>) {
  return {{sample_keys(device_seed).public_key, "A", "办公室电脑", noon("2026-03-01")}, {}};
}

BodySample<DeviceRevoked> sample_of(BodyTag<DeviceRevoked>) {
  return {{sample_keys(device_seed).public_key, head_of(0x51, 230, 0x52), RevocationReason::stolen, noon("2026-09-01")},
          {}};
}

BodySample<OfficerAppointed> sample_of(BodyTag<OfficerAppointed>) {
  const Appointment appointment{sample_officer(head_seed), Post::head, day("2025-01-15"), day("2030-01-14")};
  return {{appointment, sample_keys(head_seed).public_key}, {"测试丙"}};
}

BodySample<Received> sample_of(BodyTag<Received>) { return {{head_of(0x61, 230, 0x62)}, {}}; }

BodySample<RulingMade> sample_of(BodyTag<RulingMade>) {
  RulingMade body;
  body.finding = FindingId(sample_hash(0x71));
  body.outcome = RulingOutcome::to_be_reissued;
  body.officer = sample_officer(first_officer_seed);
  body.decided_on = day("2026-05-20");
  body.signature = signed_by(first_officer_seed, "ruling", body.signed_bytes());
  return {body, {"编号重复，重新出具"}};
}

BodySample<CommitmentAnswered> sample_of(BodyTag<CommitmentAnswered>) {
  return {{CommitmentState::accepted, day("2026-05-16")}, {}};
}

BodySample<PrivatePartErased> sample_of(BodyTag<PrivatePartErased>) {
  return {{EntryId(sample_hash(0x81)), journal_of(0x82), 19, ErasureReason::ordered_by_authority,
           "示范区民政局 示民删〔2026〕1号"},
          {"本人申请"}};
}

// ---- office

BodySample<EnrolmentSlipMade> sample_of(BodyTag<EnrolmentSlipMade>) {
  return {{"7K", "v1", "办公室电脑", noon("2026-03-04")}, {sample_hash(0x91)}};
}

BodySample<EnrolmentTried> sample_of(BodyTag<EnrolmentTried>) {
  return {{true, sample_keys(device_seed).public_key}, {}};
}

BodySample<CreditDecided> sample_of(BodyTag<CreditDecided>) {
  const auto decision = sample_decision();
  return {{decision, signed_by_both("credit", codec::encode(decision))}, {jia(), "承诺的家庭人口不实"}};
}

BodySample<CreditStepTaken> sample_of(BodyTag<CreditStepTaken>) {
  CreditStepTaken body;
  body.act = {CreditStep::repaired, day("2026-12-01"), "示范区民政局", "示民信修〔2026〕3号"};
  body.signatures = signed_by_both("credit-step", body.signed_bytes(SubjectId(sample_hash(0xb1))));
  return {body, {}};
}

}  // namespace cunzheng::test
