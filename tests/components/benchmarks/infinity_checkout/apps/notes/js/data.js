const SEED = [{ title: "Milk", done: false }, { title: "Eggs", done: false, hidden: "under the stairs" }];
