#include "tests/support/hand_written_hub.hpp"

#include "shared/base/verify.hpp"
#include "shared/crypto/hash.hpp"
#include "shared/domain/calendar.hpp"
#include "shared/domain/catalogue.hpp"
#include "shared/registers/trust.hpp"
#include "tests/support/source_tree.hpp"

namespace cunzheng::test {
namespace {

using journal::DataKind;
using journal::JournalKind;

// Canonical bytes and revision of a data file.
template <class T>
std::pair<Bytes, std::uint32_t> content_of(Result<T> data) {
  VERIFY(data.has_value());
  return {codec::encode(*data), data->revision};
}

std::pair<Bytes, std::uint32_t> read_data(DataKind kind, const std::string& text) {
  switch (kind) {
    case DataKind::catalogue:
      return content_of(domain::catalogue_from_json(text));
    case DataKind::calendar:
      return content_of(domain::calendar_from_json(text));
    case DataKind::quorums:
      return content_of(domain::quorum_table_from_json(text));
    case DataKind::commitment_forms:
      return content_of(domain::commitment_forms_from_json(text));
  }
  return {};
}

}  // namespace

HandWrittenHub::HandWrittenHub(Instant at)
    : now(at), root_(crypto::make_key_pair(random_)), hub_(crypto::make_key_pair(random_)) {
  journal::HubStatement statement;
  statement.district_name = "示范区";
  statement.hub_key = hub_.public_key;
  statement.tls_pins = {draw<32>(random_)};
  statement.from = Instant{0};
  statement.to = at + 20LL * 365 * 24 * 3600 * 1000;
  for (const char* name : {"区演示一", "区演示二"}) {
    officers_.push_back(crypto::make_key_pair(random_));
    const auto& key = officers_.back().public_key;
    statement.officers.push_back({registers::officer_id(key), key, name});
  }
  certified_.statement = codec::encode(statement);
  certified_.by_root = crypto::sign(root_.secret, "hub-statement", certified_.statement);

  const auto open = [&](JournalKind kind, const std::string& body) {
    const journal::JournalOpened opening{kind, body, hub_.public_key, {}, 1, draw<16>(random_), {}};
    auto opened = journal::Writer::open(opening, crypto::key_pair_from_seed(hub_.secret.seed()),
                                        {{now, ClockConfidence::set_by_hub, 0}, {}, {}}, random_);
    written_.push_back(std::move(opened.range));
    return std::move(opened.writer);
  };
  district_.emplace(open(JournalKind::district, {}));
  body_.emplace(open(JournalKind::body, "v1"));
  write(*district_, certified_);
  write(*body_, journal::BodyDescribed{"v1", "天津市示范区示范镇示范甲村村民委员会", "示范甲村", "120199101201",
                                       "54120199TX000001XX", "022-00000000", CivilDate(0)});
}

template <class Body>
void HandWrittenHub::write(journal::Writer& writer, const Body& body, const typename Body::Private& personal) {
  std::vector<journal::Draft> drafts;
  drafts.push_back(journal::draft_of(body, personal, {}, random_));
  written_.push_back(writer.write(std::move(drafts), {{now, ClockConfidence::set_by_hub, 0}, {}, {}}));
}

std::vector<journal::OfficerSignature> HandWrittenHub::sign(std::string_view what, ByteView bytes) const {
  std::vector<journal::OfficerSignature> out;
  for (const auto& each : officers_) {
    out.push_back({registers::officer_id(each.public_key), crypto::sign(each.secret, what, bytes)});
  }
  return out;
}

void HandWrittenHub::publish(DataKind kind, const std::string& file, CivilDate effective_from) {
  publish_text(kind, tree_text(file), effective_from);
}

void HandWrittenHub::publish_text(DataKind kind, const std::string& text, CivilDate effective_from) {
  auto [content, revision] = read_data(kind, text);
  journal::DataPublished body{kind, revision, effective_from, now, std::move(content), {}};
  body.signatures = sign("published", body.signed_bytes());
  write(*district_, body);
}

void HandWrittenHub::exclude(const std::vector<std::string>& id_numbers, CivilDate as_of) {
  const auto list = domain::make_exclusion_list(++list_revision_, as_of, draw<16>(random_), id_numbers);
  journal::ExclusionListPublished body{
      list_revision_, now, crypto::tagged_hash("exclusion-list", codec::encode(list)), {}};
  body.signatures = sign("exclusions", body.signed_bytes());
  write(*district_, body, {list});
}

void HandWrittenHub::enrol(const crypto::PublicKey& device, const std::string& series) {
  write(*body_, journal::DeviceEnrolled{device, series, "laptop " + series, now});
}

void HandWrittenHub::appoint(const crypto::PublicKey& officer, const std::string& name, domain::Post post,
                             CivilDate from) {
  write(*body_, journal::OfficerAppointed{{registers::officer_id(officer), post, from, {}}, officer}, {name});
}

void HandWrittenHub::receive(const journal::Head& head) { write(*body_, journal::Received{head}); }

program::Grant HandWrittenHub::grant(const std::string& series) const {
  return {root_.public_key, certified_, "v1", series, "laptop " + series};
}

}  // namespace cunzheng::test
