namespace Penstock.Protocols.Profiles;

/// <summary>The codes of problems; each is explained in <c>hardware-profiles/README.md</c>.</summary>
public static class Codes
{
    public const string UnknownKey = "S01";
    public const string Twice = "S02";
    public const string NotText = "S03";
    public const string MissingDuty = "S04";
    public const string WrongValue = "S05";
    public const string MissingKey = "S06";
    public const string Unreadable = "S07";
    public const string NotInThisVersion = "S08";
    public const string AddressRange = "A01";
    public const string AddressForm = "A02";
    public const string AddressTable = "A03";
    public const string AddressEnd = "A04";
    public const string WordCount = "A05";
    public const string Overlap = "A06";
    public const string Neighbour = "A07";
    public const string NeverRead = "A08";
    public const string TooLong = "A09";
    public const string Type = "T01";
    public const string Order = "T02";
    public const string OrderDiffers = "T03";
    public const string BitNumber = "T04";
    public const string TextLength = "T05";
    public const string Scale = "U01";
    public const string Unit = "U03";
    public const string ScaleFrom = "U04";
    public const string Range = "Q01";
    public const string Sentinel = "Q02";
    public const string CounterRange = "Q03";
    public const string Poll = "P01";
    public const string AlarmOrder = "L01";
    public const string Identify = "V02";
    public const string GoldenFrame = "M01";
    public const string NoProof = "M02";
    public const string SiteReference = "N01";
    public const string SiteSerial = "N02";
    public const string SiteOverride = "N03";
    public const string SecretInClear = "N05";
    public const string SiteName = "N06";
}
