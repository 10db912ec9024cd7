// The form in which two addresses of one article are equal. It is compared, never followed: a source keeps its url as it
// was sent. What may be another article on some site is left alone: parameters that are not known to track, the case of
// the path, a path that ends in /amp, and fragments that are routes.
import normalizeUrl from 'normalize-url';

/** Parameters that tell who sent a reader, or how often one has read, and not what is read. */
const TRACKING = [
  // Of Google, Matomo, the BBC, HubSpot, Vero, Olytics.
  /^(utm|pk|mtm|matomo)_\w+$/i,
  /^at_(medium|campaign|custom\d|link_\w+|bbc_team|ptr_name|format)$/i,
  /^(_hs(enc|mi)|__hs(tc|sc|fp)|hsctatracking)$/i,
  /^(vero_(id|conv)|oly_(anon|enc)_id)$/i,
  // Clicks on advertisements and posts.
  /^(fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|li_fat_id|epik|igshid|igsh|srsltid)$/i,
  // Letters, shares and links between sites.
  /^(mc_[ce]id|mkt_tok|ref_(src|url)|__twitter_impression|smid|spm|_ga|_gl|guccounter|guce_referrer(_sig)?)$/i,
];

/** A view of an article for telephones, beside the one for all. */
const isForTelephones = (name: string, value: string): boolean =>
  (name === 'amp' && ['', '1', 'true'].includes(value)) || (name === 'outputType' && value === 'amp');

/** Where others keep the articles of all sites for telephones: the host and path of the article follow. */
const KEPT_ELSEWHERE = [
  /^https?:\/\/[\w-]+\.cdn\.ampproject\.org\/[cv]\/(?:s\/)?(?=[\w-]+\.)/i,
  /^https?:\/\/(?:www\.)?google\.[a-z.]+\/amp\/(?:s\/)?(?=[\w-]+\.)/i,
];

/** A fragment that a page reads as an address: #!/a, #/a. All others are places in the page. */
const isRoute = (hash: string): boolean => /^#!?\//.test(hash);

/** An address in which there is nothing to make equal but www: by far the most are, and an import has many. */
const PLAIN =
  /^https:\/\/(?:www\.)?((?!(?:google|www|m|mobile|amp)\.|[a-z0-9-]{64})[a-z0-9]+(?:-[a-z0-9]+)*\.[a-z]{2,20}(?:\/[A-Za-z0-9_][A-Za-z0-9_-]*)+)$/;

/** @param address an absolute http or https address */
export function urlKey(address: string): string {
  const plain = PLAIN.exec(address);
  if (plain !== null) return `https://${plain[1]}`;
  const within = KEPT_ELSEWHERE.reduce((text, elsewhere) => text.replace(elsewhere, 'https://'), address);
  const url = new URL(URL.canParse(within) ? within : address);
  url.hostname = forAll(url.hostname);
  if (!isRoute(url.hash)) url.hash = '';
  for (const [name, value] of [...url.searchParams]) if (isForTelephones(name, value)) url.searchParams.delete(name, value);
  return normalizeUrl(url.href, {
    forceHttps: true,
    stripWWW: true,
    removeTrailingSlash: true,
    removeQueryParameters: TRACKING,
    sortQueryParameters: true,
    // A question mark without a question says nothing.
  }).replace(/\/?\?(?=#|$)/, '');
}

/** The host without the part that stands for telephones: where what remains is a site, and not "co.uk". */
function forAll(host: string): string {
  const labels = host.split('.');
  const at = labels.findIndex((label) => ['m', 'mobile', 'amp'].includes(label));
  const site = labels.filter((label, index) => label !== 'www' && index !== at);
  // In front, or behind a language: m.example.org, en.m.wikipedia.org.
  const isInFront = at === 0 || (at === 1 && /^(www|[a-z]{2,3})$/.test(labels[0]!));
  const isSite = site.length >= 3 || (site.length === 2 && site[0]!.length > 3);
  return isInFront && isSite ? forAll(site.join('.')) : host;
}
