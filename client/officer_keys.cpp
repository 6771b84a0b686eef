#include "client/officer_keys.hpp"

#include "shared/crypto/hash.hpp"
#include "shared/crypto/system_random.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace cunzheng::client {
namespace {

Result<OfficerKeys::Key> make_officer(const std::filesystem::path& folder, const crypto::Wiped<32>& seed,
                                      const program::Passphrase& passphrase, const program::SlotCost& cost,
                                      Random& random) {
  auto pair = crypto::key_pair_from_seed(seed);
  const auto label = "officer " + to_hex(program::officer_id(pair.public_key).value());
  TRY(auto slot, program::make_own_slot(label, passphrase, seed, random, cost));
  CHECK(program::write_officer(folder, {pair.public_key, std::move(slot)}));
  return std::make_shared<const crypto::KeyPair>(std::move(pair));
}

}  // namespace

OfficerKeys::OfficerKeys(std::filesystem::path folder, const Books& books, link::Loop& loop, program::SlowWorker& slow,
                         Random& random, program::SlotCost slot_cost)
    : folder_(std::move(folder)),
      books_(books),
      loop_(loop),
      slow_(slow),
      random_(random),
      slot_cost_(slot_cost),
      mac_key_(crypto::SymmetricKey::draw(random)) {}

Result<domain::OfficerId> OfficerKeys::find(const std::string& id_or_name, const std::string& field) const {
  if (const auto id = array_from_hex<16>(id_or_name)) return domain::OfficerId(*id);
  std::set<domain::OfficerId> known;
  const auto posts = books_.facts().posts(books_.body());
  for (const auto& appointment : posts.all()) known.insert(appointment.officer);
  TRY(const auto here, program::officers_in(folder_));
  known.insert(here.begin(), here.end());
  std::vector<domain::OfficerId> found;
  for (const auto& id : known) {
    const auto fact = books_.facts().officer(id);
    if (fact && fact->name == id_or_name) found.push_back(id);
  }
  if (found.empty()) {
    return fail(FailureCode::bad_input, {"没有叫这个名字的工作人员", "no officer has this name"}, field);
  }
  // One person may have a key on each of several laptops: here the one that is here is meant.
  const auto is_here = [&](const domain::OfficerId& id) { return std::binary_search(here.begin(), here.end(), id); };
  if (found.size() > 1 && std::count_if(found.begin(), found.end(), is_here) == 1) {
    return *std::find_if(found.begin(), found.end(), is_here);
  }
  if (found.size() > 1) {
    return fail(FailureCode::bad_input, {"有两名工作人员同名，请写编号", "two officers have this name: give the id"},
                field);
  }
  return found.front();
}

Hash OfficerKeys::mac_of(const program::Passphrase& passphrase) const {
  return crypto::hmac_sha256(mac_key_.bytes(), view_of(passphrase.text()));
}

void OfficerKeys::open(std::vector<Signatory> signatories, std::function<void(Result<std::vector<Key>>)> opened) {
  waiting_.push_back({std::move(signatories), std::move(opened)});
  serve();
}

// One after another, so that what a batch signs is written in the order in which it came.
void OfficerKeys::serve() {
  while (!opening_ && !waiting_.empty()) {
    Result<std::vector<Key>> keys;
    for (const auto& signatory : waiting_.front().signatories) {
      auto key = key_of(signatory);
      if (key && *key == nullptr) return;
      if (!key) {
        keys = tl::make_unexpected(std::move(key).error());
        break;
      }
      keys->push_back(*std::move(key));
    }
    auto request = std::move(waiting_.front());
    waiting_.pop_front();
    request.opened(std::move(keys));
  }
}

Result<OfficerKeys::Key> OfficerKeys::key_of(const Signatory& signatory) {
  if (auto failed = std::exchange(not_opened_, std::nullopt)) return tl::make_unexpected(*std::move(failed));
  TRY(auto passphrase, program::Passphrase::from_file(signatory.passphrase_file));
  const auto mac = mac_of(passphrase);
  const auto kept = kept_.find(signatory.officer);
  if (kept != kept_.end() && kept->second.passphrase_mac == mac) {
    kept->second.used = loop_.now();
    return kept->second.key;
  }
  TRY(auto file, program::read_officer(folder_, signatory.officer));
  opening_ = true;
  auto secret = std::make_shared<program::Passphrase>(std::move(passphrase));
  slow_.run([this, file = std::move(file), secret, mac, officer = signatory.officer]() -> std::function<void()> {
    auto pair = std::make_shared<Result<crypto::KeyPair>>(program::open_officer(file, *secret));
    return [this, pair, mac, officer] { opened(officer, mac, std::move(*pair)); };
  });
  return Key();
}

void OfficerKeys::opened(const domain::OfficerId& officer, const Hash& mac, Result<crypto::KeyPair> pair) {
  opening_ = false;
  if (pair) {
    kept_[officer] = {mac, std::make_shared<const crypto::KeyPair>(*std::move(pair)), loop_.now()};
    lock_unused();
  } else {
    not_opened_ = std::move(pair).error();
  }
  serve();
}

void OfficerKeys::lock_unused() {
  const auto now = loop_.now();
  std::erase_if(kept_, [&](const auto& each) { return each.second.used + kept_open_ms <= now; });
  if (!kept_.empty()) timer_ = loop_.run_at(now + kept_open_ms, [this] { lock_unused(); });
}

void OfficerKeys::make(const std::filesystem::path& passphrase_file, std::function<void(Result<Key>)> made) {
  auto passphrase = program::Passphrase::from_file(passphrase_file);
  if (!passphrase) return made(tl::make_unexpected(std::move(passphrase).error()));
  auto seed = std::make_shared<crypto::Wiped<32>>();
  random_.fill(seed->bytes());
  auto secret = std::make_shared<program::Passphrase>(*std::move(passphrase));
  slow_.run([folder = folder_, seed, secret, cost = slot_cost_, made = std::move(made)]() -> std::function<void()> {
    crypto::SystemRandom salt;  // the loop's own chance stays on the loop
    auto result = std::make_shared<Result<Key>>(make_officer(folder, *seed, *secret, cost, salt));
    return [made, result] { made(std::move(*result)); };
  });
}

}  // namespace cunzheng::client
