#include "hub/officers.hpp"

#include <algorithm>

namespace cunzheng::hub {

Result<domain::OfficerId> find_officer(const registers::FactBook& facts, const std::string& id_or_name,
                                       const std::string& field) {
  const auto statement = facts.hub();
  std::vector<domain::OfficerId> found;
  for (const auto& officer : statement ? statement->officers : std::vector<journal::CertifiedOfficer>{}) {
    const auto id = to_hex(officer.officer.value());
    const bool by_id = id_or_name.size() >= 8 && id.starts_with(id_or_name);
    if (by_id || officer.name == id_or_name) found.push_back(officer.officer);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return fail(FailureCode::not_found,
                {"没有这名区级人员：" + id_or_name, "no such officer of the district: " + id_or_name}, field);
  }
  return fail(FailureCode::bad_input, {"不止一人，请用人员编号", "more than one officer; give the id"}, field);
}

Result<Signatory> open_signatory(const std::filesystem::path& store_folder, const domain::OfficerId& officer,
                                 const std::filesystem::path& passphrase_file) {
  TRY(const auto file, program::read_officer(store_folder, officer));
  TRY(const auto passphrase, program::Passphrase::from_file(passphrase_file));
  TRY(auto keys, program::open_officer(file, passphrase));
  return Signatory{officer, std::move(keys)};
}

Result<crypto::KeyPair> open_root(const std::filesystem::path& file, const std::filesystem::path& passphrase_file,
                                  const crypto::PublicKey& root) {
  TRY(const auto kept, program::read_officer_file(file));
  TRY(const auto passphrase, program::Passphrase::from_file(passphrase_file));
  TRY(auto keys, program::open_officer(kept, passphrase));
  if (keys.public_key != root) {
    return fail(FailureCode::refused, {"这不是本区的根密钥", "this is not the root key of this district"}, "root_key");
  }
  return keys;
}

Result<NewOfficer> make_officer(const std::filesystem::path& store_folder, const NewOfficerOrder& order,
                                const crypto::Wiped<32>& seed, const crypto::PublicKey& root, Random& random) {
  TRY(auto root_keys, open_root(order.root_key, order.root_passphrase_file, root));
  TRY(const auto passphrase, program::Passphrase::from_file(order.passphrase_file));
  const auto keys = crypto::key_pair_from_seed(seed);
  TRY(auto slot, program::make_own_slot(order.name, passphrase, seed, random, order.slot_cost));
  program::OfficerFile file{keys.public_key, std::move(slot)};
  CHECK(program::write_officer(store_folder, file));
  return NewOfficer{order.name, std::move(file), std::move(root_keys)};
}

Status check_officer_name(const journal::HubStatement& statement, const std::string& name) {
  if (trimmed(name) != name || name.empty() || code_points(name) > 40 || has_control_characters(name)) {
    return fail(FailureCode::bad_input,
                {"请填写姓名，最多40个字，前后没有空格", "a name of at most 40 characters, without blanks at its ends"},
                "name");
  }
  const auto& officers = statement.officers;
  if (std::any_of(officers.begin(), officers.end(), [&](const auto& other) { return other.name == name; })) {
    return fail(FailureCode::conflict,
                {"已有同名的区级人员，请在姓名后加以区别", "there is an officer of that name already"}, "name");
  }
  return {};
}

Result<journal::HubStatement> with_officer(journal::HubStatement statement, const journal::CertifiedOfficer& officer,
                                           Instant now) {
  CHECK(check_officer_name(statement, officer.name));
  ++statement.number;
  statement.from = now;
  statement.to = now + statement_valid_ms;
  statement.officers.push_back(officer);
  return statement;
}

journal::HubCertified certify(const journal::HubStatement& statement, const crypto::SecretKey& root) {
  journal::HubCertified certified{codec::encode(statement), {}};
  certified.by_root = crypto::sign(root, "hub-statement", certified.statement);
  return certified;
}

}  // namespace cunzheng::hub
