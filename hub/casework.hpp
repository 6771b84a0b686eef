#pragma once
// What people of the district decide about committees, their laptops, their officers, and about findings. Each is
// checked, then written into `body/<id>`, from where the committee's laptops get it. On the loop thread.
// `done` is called once, on the loop thread, when the entry is durable or with why nothing was written.

#include "hub/projector.hpp"
#include "hub/publisher.hpp"
#include "sync/link/loop.hpp"

#include <variant>

namespace cunzheng::hub {

struct AppointmentOrder {
  std::string body;
  std::string officer;                   // id or name of one whose key a laptop of that committee has made
  std::optional<crypto::PublicKey> key;  // or a key handed in on paper, with the name that goes with it
  std::string name;
  domain::Post post = domain::Post::handler;
  CivilDate from;
  std::optional<CivilDate> to;
};

struct RevocationOrder {
  std::string body;
  std::string device;  // its series letter, its label, or its key in hex
  // Up to where its journal is trusted. `all_held`: up to what is held now; none: nothing of it.
  struct AllHeld {};
  std::variant<AllHeld, journal::Seq, std::monostate> last_trusted;
  journal::RevocationReason reason = journal::RevocationReason::other;
};

struct RulingOrder {
  domain::FindingId finding;
  journal::RulingOutcome outcome = journal::RulingOutcome::stands;
  std::string reason;
  std::optional<CivilDate> decided_on;  // none: today
};

class Casework {
 public:
  using Written = std::function<void(Result<journal::EntryId>)>;

  // Everything handed in outlives the casework. `device_revoked` is called when a revocation is durable: the sessions
  // of that device end.
  Casework(link::Loop& loop, store::StoreThread& store, Projector& projector, Ledger& ledger,
           const Directory& directory, const Clock& clock, Random& random,
           std::function<void(const crypto::PublicKey&)> device_revoked);

  // A committee that was not there before. conflict: its id is taken.
  void add_body(journal::BodyDescribed body, Written done);
  // The same committee from another day on: a new name, code, telephone. not_found: no such committee.
  void change_body(journal::BodyDescribed body, Written done);

  // By id, the first digits of it (at least 8) or name, among those whose keys laptops of that committee have made.
  Result<domain::OfficerId> find_officer(const std::string& body, const std::string& named) const;
  // A new head is simply a new appointment; an end is the same appointment with its last day.
  void appoint(const AppointmentOrder& order, Written done);

  // The device that `named` says: series letter, label or key.
  Result<crypto::PublicKey> find_device(const std::string& body, const std::string& named) const;
  void revoke(const RevocationOrder& order, Written done);

  // A person's answer to a finding. Where it says that a commitment may not stand, the commitment is answered in the
  // same step (R76, O5).
  void rule(const RulingOrder& order, const Signatory& officer, Written done);

 private:
  bool knows_body(const std::string& body) const;
  Status check_body(const journal::BodyDescribed& body) const;
  void describe(journal::BodyDescribed body, Written done);
  Status check_term(const std::string& body, const domain::Appointment& term) const;
  void write_revocation(const std::string& body, const journal::DeviceRevoked& revoked, Written done);
  void write_ruling(const journal::RulingMade& ruling, const std::string& reason, const registers::Finding& finding,
                    Written done);

  link::Loop& loop_;
  store::StoreThread& store_;
  Projector& projector_;
  Ledger& ledger_;
  const Directory& directory_;
  const Clock& clock_;
  Random& random_;
  std::function<void(const crypto::PublicKey&)> device_revoked_;
};

}  // namespace cunzheng::hub
