"""Where we take part in signing in, below our own address."""

METADATA_PATH = "/saml/metadata"
ACS_PATH = "/saml/acs"
SLS_PATH = "/saml/sls"
