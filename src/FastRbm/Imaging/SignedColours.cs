namespace FastRbm.Imaging;

/// <summary>How signed numbers are drawn.</summary>
public enum SignedColours
{
    /// <summary>
    /// Dark blue for the most negative, white for 0, dark red for the most positive. Both arms fall alike in lightness, and blue
    /// against red can be told apart with the common colour-vision deficiencies.
    /// </summary>
    BlueWhiteRed,

    /// <summary>Black for the most negative, grey (128) for 0, white for the most positive.</summary>
    Grey,
}
