using FastRbm.Testing;

namespace FastRbm.Tests.Testing;

public sealed class PoisonTests
{
    [Fact]
    public void Floating_point_poison_spoils_every_result()
    {
        float[] floats = new float[3];
        double[] doubles = new double[3];
        Poison.Fill<float>(floats);
        Poison.Fill<double>(doubles);
        Assert.All(floats, value => Assert.True(float.IsNaN(value + 1)));
        Assert.All(doubles, value => Assert.True(double.IsNaN(value + 1)));
    }

    [Fact]
    public void Integer_poison_is_the_byte_CC()
    {
        ulong[] words = new ulong[2];
        Poison.Fill<ulong>(words);
        Assert.All(words, word => Assert.Equal(0xCCCCCCCCCCCCCCCC, word));
    }

    [Fact]
    public void Untouched_poison_passes_and_any_change_is_found()
    {
        AssertFindsChangeTo(1.0f);
        AssertFindsChangeTo(1.0);
        AssertFindsChangeTo(0xCCCCCCCCCCCCCCCDUL);
        AssertFindsChangeTo((byte)0);
    }

    [Fact]
    public void Another_NaN_is_a_change()
    {
        AssertFindsChangeTo(float.NaN);
        AssertFindsChangeTo(double.NaN);
    }

    private static void AssertFindsChangeTo<T>(T value)
        where T : unmanaged
    {
        T[] values = new T[7];
        Poison.Fill<T>(values);
        Poison.AssertUntouched<T>(values);
        values[6] = value;
        Assert.Contains("Element 6 of 7", Assert.Throws<CheckFailedException>(() => Poison.AssertUntouched<T>(values)).Message, StringComparison.Ordinal);
    }
}
