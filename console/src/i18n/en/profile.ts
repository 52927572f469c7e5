export default {
  profile: {
    edit: "Edit", history: "History", editing: "Editing {name}", save: "Save ({count})", saveAnyway: "Save mine anyway", listHint: "separated by 、; empty for none", terminalHint: "serials, separated by 、", cardUntil: "Card valid until",
    contactsHint: "phoned in this order in an emergency", contactName: "Name", contactRelation: "Relation", contactNumber: "Number", contactAdd: "Add a contact", up: "Up", down: "Down", remove: "Remove",
    historyOf: "History of {name}", noHistory: "Nobody has changed this profile yet.", restore: "Bring this back", version: "Version {n}", empty: "empty", yes: "yes", no: "no",
    kind_found: "as it was found", kind_edit: "edited", kind_import: "imported", kind_link: "caller's number linked", kind_restore: "version {n} brought back",
    f_name: "Name", f_gender: "Gender", f_birth_date: "Birth date", f_dialect: "Dialect", f_better_ear: "Better ear", f_address: "Address", f_door_code: "Door code", f_key_holder: "Spare key", f_lives_alone: "Lives alone", f_illnesses: "Illnesses", f_medication: "Medication", f_allergies: "Allergies", f_hospital: "Hospital", f_blood_type: "Blood type", f_remarks: "Remarks", f_district: "District", f_numbers: "Numbers", f_card: "Service card", f_contacts: "Contacts", f_terminals: "Terminals",
    v_f: "female", v_m: "male", v_left: "left", v_right: "right", v_both: "both", map: "Map", script: "Words for this moment", link: "This one, and keep the number",
  },
};
