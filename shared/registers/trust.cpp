#include "shared/registers/trust.hpp"

#include "shared/crypto/hash.hpp"

#include <algorithm>
#include <set>

namespace cunzheng::registers {
namespace {

const journal::CertifiedOfficer* find_officer(const journal::HubStatement& statement, const domain::OfficerId& id) {
  const auto found = std::find_if(statement.officers.begin(), statement.officers.end(),
                                  [&](const journal::CertifiedOfficer& each) { return each.officer == id; });
  return found == statement.officers.end() ? nullptr : &*found;
}

}  // namespace

domain::OfficerId officer_id(const crypto::PublicKey& key) {
  const auto hash = crypto::tagged_hash("officer", key.value());
  domain::OfficerId id;
  std::copy_n(hash.begin(), id.value().size(), id.value().begin());
  return id;
}

Status Trust::learn(const journal::HubCertified& certified, const std::pair<std::uint64_t, journal::EntryId>& order) {
  if (!crypto::verify(root_, "hub-statement", certified.statement, certified.by_root)) {
    return fail(FailureCode::refused, {"中心声明没有根密钥的签名", "the hub statement is not signed by the root key"});
  }
  TRY(auto statement, codec::decode<journal::HubStatement>(certified.statement));
  if (statement.signatures_needed == 0) {
    return fail(FailureCode::bad_input, {"中心声明不要求任何人签名", "the hub statement asks for nobody's signature"});
  }
  for (const auto& officer : statement.officers) {
    if (officer.officer == officer_id(officer.key)) continue;
    return fail(FailureCode::bad_input, {"人员编号与公钥不符", "an officer's id is not that of the key"});
  }
  const auto number = statement.number;
  const auto held = statements_.find(number);
  if (held != statements_.end() && held->second.order < order) {
    if (held->second.certified.statement == certified.statement) return {};  // published again, in a new epoch
    return fail(FailureCode::conflict, {"同一编号的中心声明已有另一份", "another hub statement has this number"});
  }
  statements_.insert_or_assign(number, Statement{order, certified, std::move(statement)});
  return {};
}

void Trust::learn(const journal::JournalId& journal, const journal::JournalOpened& opening) {
  if (!openings_.emplace(journal, opening).second) return;
  auto& same = journals_[{opening.journal_kind, opening.body}];
  same.insert(std::upper_bound(same.begin(), same.end(), journal), journal);
}

const std::vector<journal::JournalId>& Trust::journals(journal::JournalKind kind, const std::string& body) const {
  static const std::vector<journal::JournalId> none;
  const auto found = journals_.find({kind, body});
  return found == journals_.end() ? none : found->second;
}

const journal::JournalOpened* Trust::opening_of(const journal::JournalId& journal) const {
  const auto found = openings_.find(journal);
  return found == openings_.end() ? nullptr : &found->second;
}

bool Trust::is_hub_journal(const journal::JournalId& journal) const {
  const auto* opening = opening_of(journal);
  if (!opening || opening->journal_kind == journal::JournalKind::device) return false;
  return std::any_of(statements_.begin(), statements_.end(),
                     [&](const auto& each) { return each.second.statement.hub_key == opening->key; });
}

const Trust::Statement* Trust::newest() const { return statements_.empty() ? nullptr : &statements_.rbegin()->second; }

std::optional<crypto::PublicKey> Trust::officer_key(const domain::OfficerId& id) const {
  for (const auto& [number, each] : statements_) {
    if (const auto* officer = find_officer(each.statement, id)) return officer->key;
  }
  return std::nullopt;
}

const journal::HubStatement* Trust::in_force(Instant at) const {
  for (auto each = statements_.rbegin(); each != statements_.rend(); ++each) {
    const auto& statement = each->second.statement;
    if (statement.from <= at && at <= statement.to) return &statement;
  }
  return nullptr;
}

bool Trust::signed_by_officers(std::string_view tag, ByteView bytes,
                               const std::vector<journal::OfficerSignature>& signatures, Instant at) const {
  const auto* statement = in_force(at);
  if (!statement) return false;
  std::set<domain::OfficerId> different;
  for (const auto& each : signatures) {
    const auto* officer = find_officer(*statement, each.officer);
    if (officer && crypto::verify(officer->key, tag, bytes, each.signature)) different.insert(each.officer);
  }
  return different.size() >= statement->signatures_needed;
}

}  // namespace cunzheng::registers
