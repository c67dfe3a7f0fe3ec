// The champion in the browser: the arithmetic of predictor.py and explanation.py on the tables of showcase/browser_model.py.

const DAY = 86_400_000; // milliseconds

/** The model that the tables describe. */
export function load(tables) {
  const { sales, kilometres } = tables;
  return {
    ...tables,
    places: sales.lat.map((lat, row) => [lat * kilometres.lat, sales.long[row] * kilometres.long]),
    logarithms: sales.price.map(Math.log),
    rates: sales.price.map((price, row) => Math.log(price) - Math.log(sales.sqft_living[row])),
  };
}

/** What the form can't tell by itself of a record, in the words of the API: a list of field and reason. */
export function faults(model, home) {
  const year = Number(home.date.slice(0, 4));
  const found = [];
  if (home.sqft_above + home.sqft_basement !== home.sqft_living) {
    found.push({ field: "sqft_basement", reason: "Input should be sqft_living less sqft_above" });
  }
  if (home.yr_built > year + 1) {
    found.push({ field: "yr_built", reason: `Input should be ${year + 1} at most` });
  }
  if (home.yr_renovated !== 0 && (home.yr_renovated < home.yr_built || home.yr_renovated > year)) {
    found.push({ field: "yr_renovated", reason: `Input should be from ${home.yr_built} to ${year}, or 0` });
  }
  return found;
}

/** The price to expect and both ends of its 90 % interval, in dollars. */
export function predict(model, home) {
  const logPrice = evaluated(model, features(model, home));
  const width = halfWidth(model, logPrice, home.zipcode);
  const [price, low, high] = [logPrice, logPrice - width, logPrice + width].map((one) => rounded(Math.exp(one), 2));
  return { price, low, high };
}

/** The answer, the price if it were typical in each respect (largest difference first), the nearest known sales. */
export function explain(model, home) {
  const answer = predict(model, home);
  const respects = Object.entries(model.respects).map(([respect, names]) => {
    const typical = Object.fromEntries(names.map((name) => [name, model.typical[name]]));
    const { price } = predict(model, { ...home, ...typical });
    return { respect, typical, price, difference: rounded(answer.price - price, 2) };
  });
  return {
    ...answer,
    typical_price: predict(model, model.typical).price,
    if_typical_in: respects.sort((one, other) => Math.abs(other.difference) - Math.abs(one.difference)),
    nearest_sales: nearestSales(model, home),
    note: model.note,
  };
}

/** What the trees see of a home, in the order of predictor.features. */
export function features(model, home) {
  const year = Number(home.date.slice(0, 4));
  const [north, east] = place(model, home);
  const own = ["bedrooms", "bathrooms", "sqft_living", "sqft_above", "sqft_basement", "sqft_lot", "floors"];
  const further = ["waterfront", "view", "condition", "grade", "lat", "long", "sqft_living15", "sqft_lot15"];
  const distances = Object.values(model.centres).map(([lat, long]) => {
    const [y, x] = place(model, { lat, long });
    return Math.hypot(north - y, east - x);
  });
  return [
    ...[...own, ...further].map((name) => Number(home[name])),
    day(model, home.date),
    year - home.yr_built,
    year - Math.max(home.yr_built, home.yr_renovated),
    Number(home.yr_renovated > 0),
    home.sqft_living / home.sqft_living15,
    home.sqft_lot / home.sqft_lot15,
    home.sqft_living / home.bedrooms,
    north + east,
    north - east,
    ...distances,
    ...neighbourPrices(model, home),
  ].map((feature) => rounded(feature, model.decimals));
}

function place({ kilometres }, { lat, long }) {
  return [lat * kilometres.lat, long * kilometres.long];
}

function day({ start }, date) {
  return (Date.parse(date) - Date.parse(start)) / DAY;
}

/** Mean logarithm of the nearest prices per square foot, and of the prices; the nearer, the more weight. */
function neighbourPrices(model, home) {
  const near = nearest(model, home).map(({ distance, row }) => [1 / (0.1 + distance), row]);
  const total = near.reduce((sum, [weight]) => sum + weight, 0);
  const mean = (values) => near.reduce((sum, [weight, row]) => sum + (weight / total) * values[row], 0);
  return [mean(model.rates), mean(model.logarithms)];
}

/** Distance in km and row of the nearest known sales of other homes, the nearest first. */
function nearest(model, home) {
  const [north, east] = place(model, home);
  const distance = ([y, x]) => Math.sqrt((y - north) ** 2 + (x - east) ** 2);
  const found = model.places.map((position, row) => ({ distance: distance(position), row }));
  const order = (one, other) => one.distance - other.distance || one.row - other.row;
  return smallest(found, model.neighbours + model.spare, order)
    .filter(({ row }) => !model.home.every((name) => model.sales[name][row] === home[name]))
    .slice(0, model.neighbours);
}

/** The smallest few of many, in order, without sorting all of them. */
function smallest(many, count, order) {
  const kept = many.slice(0, count).sort(order);
  for (const one of many.slice(count)) {
    if (order(one, kept.at(-1)) >= 0) continue;
    kept.pop();
    const at = kept.findIndex((other) => order(one, other) < 0);
    kept.splice(at < 0 ? kept.length : at, 0, one);
  }
  return kept;
}

function evaluated({ trees, base, average }, row) {
  let sum = 0;
  for (const [feature, value, left, right] of trees) {
    let node = 0;
    while (feature[node] >= 0) node = row[feature[node]] <= value[node] ? left[node] : right[node];
    sum += value[node];
  }
  return (average ? sum / trees.length : sum) + base;
}

/** Half the width of the interval, as a logarithm: by price band, times a factor for an unknown zip code. */
function halfWidth({ edges, widths, unseen, zipcodes }, logPrice, zipcode) {
  const band = edges.filter((edge) => edge < logPrice).length;
  return widths[band] * (zipcodes.includes(zipcode) ? 1 : unseen);
}

/** The neighbours that were sold before the day asked for. */
function nearestSales(model, home) {
  const { sales, start } = model;
  return nearest(model, home)
    .filter(({ row }) => sales.days[row] < day(model, home.date))
    .map(({ distance, row }) => ({
      price: sales.price[row],
      date: new Date(Date.parse(start) + sales.days[row] * DAY).toISOString().slice(0, 10),
      sqft_living: sales.sqft_living[row],
      kilometres: rounded(distance, 3),
    }));
}

function rounded(number, decimals) {
  return Math.round(number * 10 ** decimals) / 10 ** decimals;
}
